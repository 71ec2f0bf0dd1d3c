"""The menu as a picture (svg, html, mermaid) and as words for the public. Pure: content in, text out."""
