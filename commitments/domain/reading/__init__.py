"""What a release's text promises: spans of it, with what can be read from each. No database, no model, no network.

`reader.read_text` goes down the list: a copy of the text that is safe to look at (`source_text`), its outline
(`outline`), the spans that promise (`english`, `chinese`), and for each what it says (`deadlines`, `targets`, `owners`,
`phrasing`). Nothing is invented: a proposal is a span of the text, and each guess has its reason and how sure it is.
"""
