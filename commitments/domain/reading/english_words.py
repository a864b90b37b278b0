"""Words by which an English clause is told to promise or not, beside the verbs."""

import re

from commitments.domain.reading.word_lists import words

AGENTS = words("""
government governments minister ministers ministry ministries department departments bureau bureaux agency agencies
council councils commission commissioner commissioners committee committees authority authorities board boards
office offices secretary secretaries parties party sides side both members leaders countries country nations states
officials police administration executive parliament participants signatories partners corporation university
universities organisation organisations organization organizations association associations secretariat taskforce
team president premier mayor heads governors chair presidency union institution institutions regulator regulators
economies districts regions region provinces places cities city administrator director general archivist head
municipality municipalities localities treasury cabinet chancellor inspectorate ombudsman judiciary company
companies operator operators employers ministerial coalition service services nhs bank hospital hospitals schools
academy institute trust we i he she they province county town borough departmental representatives chief delegation
delegations ambassadors experts premier ministers prime army navy
""")
PROGRAMMES = words("""
programme program scheme fund strategy plan bill act law legislation centre center body review task force group
forum portal platform initiative project mechanism framework hub network regime policy package budget roadmap pilot
panel guidance code standard system register commission facility campaign partnership regulation regulations
measures rules
""")
# "This will …": not what somebody promises, but what comes of it.
DEMONSTRATIVES = words("this these that those it such which doing")
# What a clause foresees, is, or means, and nobody promises.
STATES = words("""
remain become mean see face depend feel know remember find experience suffer lose rise fall decline exceed amount
total cost result arise occur happen stay seem appear vary prove benefit enjoy want like note recall believe think
hope expect understand consist comprise involve include cover entail constitute represent reflect show matter need
require relate belong stem die live worsen deteriorate struggle differ exist last look sound tend cause impact
affect encounter inevitably survive
""")
STATES_OF_BEING = words("""
remembered seen noted affected felt faced found needed known called understood recalled appreciated construed deemed
interpreted regarded judged lost hit missed reminded surprised pleased disappointed forgiven required-by considered
expected based thought said told believed determined influenced shaped impacted
""")
EFFECTS = words("""
help enable allow make bring contribute boost give attract generate drive lead serve play form encourage mean pave
put open act provide create deliver offer ensure support increase reduce improve strengthen stimulate enhance foster
promote save raise unlock free complement build cut lower add go come raise
""")
ONLY_EFFECTS = words("""
help enable allow make bring contribute boost give attract generate drive lead serve play form mean pave put act add
free unlock go come
""")
# With a thing before them these foresee: "the economy will grow".
MOVEMENTS = words("""
grow rise fall increase decrease expand accelerate slow weaken recover reach change evolve accumulate reduce decline
improve strengthen move continue develop transform shift double halve narrow widen spread stand settle stabilise
stabilize
""")
BEGINNINGS = words("start begin open commence operate complete close end launch take come run cease")
GAINS = words("receive get have pay gain retain keep obtain attract")
POSSIBLE = re.compile(r"(?:able|entitled|eligible|free|required|allowed|permitted|encouraged|invited|exempt)\b")
IN_PLACE = re.compile(
    r"(?:available|in place|operational|open|free|up and running|live|completed?|ready|in operation)\b"
)
BOILERPLATE = re.compile(
    r"\b(?:construed|deemed|interpreted|enter into force|come into (?:effect|force)|take effect|be governed by|"
    r"remain in (?:force|effect)|nothing in this|not (?:create|affect|impair|supersede)|legally binding|"
    r"bear (?:its|their) own|own (?:costs|expenses)|(?:settled|resolved) (?:amicably|through|by)|"
    r"by mutual (?:written )?consent|"
    r"has the meaning|have the meaning|shall mean|be cited as|be read (?:together|with)|severab\w+)\b",
    re.IGNORECASE,
)
ADVERBS = words("""
also now not only further actively jointly closely fully therefore then thus immediately always never each both all
together soon shortly again still thereby together too even where possible appropriate as well firstly secondly
finally initially subsequently meanwhile hence accordingly likewise instead directly once particularly in addition
later first
""")
REPORTED = words("""
say said says state stated states announce announced announces confirm confirmed confirms reveal revealed add added
agreed agree agrees decided decide resolved pledged promised committed ensure undertake undertook commit directed
affirmed stressed
""")
OPINIONS = words("""
believe believes believed hope hopes hoped expect expects expected think thinks thought consider recognise
recognises recognize note notes noted acknowledge understand fear predict predicts forecast forecasts suggest
suggests show shows suggested so such estimate assume
""")
SUBORDINATORS = words("""
which who whose whom where when if whether because since although though unless until once before after what how why
as while whenever wherever whereby
""")
READER_ACTS = words("""
see visit click contact read note download call email refer check view learn subscribe please
""")
TAIL = re.compile(
    r",?\s+(?:with (?:a|the) (?:view|aim|goal|objective|intention|purpose|ultimate aim) (?:to|of)|in order (?:to|"
    r"that)|so as to|"
    r"so that|thereby|thus|in an effort to|with the result that|for the purposes? of)\b|"
    r",\s+(?:which|who|where|as this|because|since|given|reflecting|recognising|recognizing|building on|in line with|"
    r"helping|"
    r"allowing|enabling|ensuring|making|including but not limited)\b",
    re.IGNORECASE,
)
AIM_TAIL = re.compile(
    r",?\s+(with (?:a|the) (?:view|aim|goal|objective|purpose) (?:to|of)|in order to|so as to)\b", re.I
)
# An opening that says why, and belongs to no pledge.
OPENING = re.compile(
    r"(?:to|in order to|so as to|in view of|in support of|with a view to|given|as a result(?: of)?|because(?: of)?|in "
    r"recognition of|in light of|in response to|recognising|recognizing|noting|building on|following|as part of|"
    r"in line "
    r"with|consistent with|to this end|to that end|in addition to|in this (?:context|regard|connection))\b",
    re.IGNORECASE,
)
AGREEMENTS = (
    r"(?:agreements?|memorand(?:um|a)|MoUs?|arrangements?|protocols?|treat(?:y|ies)|contracts?|letters? of intent|"
    r"pacts?|"
    r"declarations?|accords?|compacts?|conventions?|charters?|partnerships?|framework)"
)
SIGNED = re.compile(
    rf"\b(?P<verb>signed|renewed|extended|concluded|entered into|initialled|exchanged|inked|sealed)\s+"
    rf"(?=(?:[\w'’/()-]+\s+){{0,12}}?{AGREEMENTS}\b)",
    re.IGNORECASE,
)
WERE_SIGNED = re.compile(
    rf"{AGREEMENTS}\b[^.;]{{0,220}}?\b(?:was|were|has been|have been) (?:also )?(?P<verb>signed|concluded|renewed)\b",
    re.I,
)
ESTIMATED = re.compile(
    r"\b(?:it is|is|are)\s+(?:estimated|expected|anticipated|projected|forecast)\s+"
    r"(?:that|to)\s+(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
DELIVERED = re.compile(
    r"(?:be )?(?:complet\w+|commission\w+|launch\w*|open\w*|commenc\w+|publish\w*|introduc\w+|join\w*|train\w*|ready|"
    r"operational|rolled out|put into|come into (?:operation|service)|begin|start|finish\w*|deliver\w*)\b",
    re.IGNORECASE,
)
CO_OPERATION = re.compile(
    r"\b(?:co-?operat\w+|collaborat\w+|exchanges?|partnerships?|engagement|dialogue)\b", re.IGNORECASE
)
LISTED_FIELDS = re.compile(
    r"\b(?:in|on|across)\s+(?:the\s+)?(?:other\s+|following\s+|various\s+|such\s+|key\s+)?"
    r"(?:areas?|fields?|sectors?|domains?|aspects)\s*(?:of|including|:|,\s*including|,\s*namely)\s+",
    re.IGNORECASE,
)
LISTED_SCHEMES = re.compile(
    r"\b(?:arrangements?|schemes?|measures|programmes|projects|initiatives|mechanisms|"
    r"events)\b[^,.;]{0,60},\s*(?:including|namely)\s+",
    re.IGNORECASE,
)
