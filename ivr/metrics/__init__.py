"""What the processes of a node count, for Prometheus.

``meters`` is the kinds of things that are counted, ``counted`` the list of all of them, ``places`` the files in which
each process counts, ``page`` reads them all. What is looked up and not counted (the queue, the spool) is
``ivr.gauges``.
"""
