"""What is kept of people, how long, and how it goes: retention, legal holds, erasure, and everything of one person.

What belongs together goes together: a call with the cases that it opened, a case with the calls that opened it under
all its numbers. A number alone proves nothing, since phones are shared.
"""
