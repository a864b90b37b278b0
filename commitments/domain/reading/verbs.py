"""English verbs with which governments promise: their base forms, and what follows from those.

A list is a rule, too: it holds the verbs of action plans, communiqués and manifestos at large, and none for one text.
"""

from commitments.domain.reading.word_lists import words

# What one does to something: an object follows.
TRANSITIVE = words("""
exploit shut strip devote decriminalise decriminalize reclassify renationalise toughen bar rejoin oblige compel
sanction smooth signpost synchronise trace bring-forward axe curtail rein boost crack discard eject endorse enlist
evict expel fasten grade harden hand ignite inject insulate interconnect intervene introduce justify kindle legalize
liberate loan mould mount nail notify outpace overturn pardon penalize persuade plot pledge pinpoint prize punish
quantify quell ration realign rebrand recalibrate recapture recommission reconnect rediscover refund regain rehouse
reimagine relax remodel renew reshuffle respond restate retest retrieve rezone sanitise shield sharpen shield showcase
spearhead splice stamp steer subsume supplant sweeten swap tame tidy transmit unwind uproot vet waive ward weed
zero-rate
abolish accelerate accept achieve acquire adapt add address adjust administer adopt advance advise advocate align
allocate allow amend analyse analyze announce appoint apply appraise approve arrange assess assign assist assure
audit authorise authorize automate award ban begin bolster boost bring broaden build capitalise capture carry
cascade catalyse catalyze cap celebrate certify champion change clarify clean clear close co-develop co-host
co-ordinate co-sponsor coach codify collate collect combat combine commence commission commit communicate compile
complete conclude conduct configure confirm connect conserve consider consolidate construct consult continue convene
convert convey coordinate create cultivate curb cut deal decarbonise decarbonize decentralise declare decommission
decrease dedicate deepen define deliver demonstrate deploy deregister design designate destroy detail deter
determine develop devise devolve diagnose digitalise digitalize digitise digitize direct disable disband disclose
discontinue discuss disseminate distribute diversify double draft draw drive ease educate elaborate electrify
elevate eliminate embed embrace empower enable enact encourage end endorse enforce engage enhance enlarge enlist
enrich enrol ensure entrust equip eradicate establish evaluate examine exchange execute exempt exercise expand
expedite explore expose extend facilitate factor finalise finalize finance find follow forge form formalise
formalize formulate fortify foster fulfil fulfill fund further gather generate give grant grow guarantee guide halt
halve harmonise harmonize harness help hire hold honour host house identify implement improve incentivise
incorporate increase incubate inform initiate innovate insert inspect install instigate institute instruct integrate
intensify introduce invest investigate invite involve issue join keep kick-start lay launch lead legislate lend levy
leverage liberalise license lift limit link lobby localise lodge lower maintain make manage mandate map maximise
maximize measure mentor merge minimise minimize mitigate mobilise mobilize model modernise modernize modify monitor
move negotiate nominate notify nurture obtain offer open operate operationalise oppose optimise optimize order
organise organize outlaw outline overhaul oversee participate partner pass pause penalise perform persuade phase
pilot pioneer place plan plant position postpone preserve press prevent prioritise prioritize privatise procure
produce progress prohibit promote propose prosecute protect prototype provide publicise publish pump purchase pursue
put quicken raise ratify re-establish re-examine reaffirm realise realize rebalance rebuild recognise recognize
reconstruct record recover recruit rectify recycle redesign redevelop reduce refer refine reform refresh refurbish
regenerate register regulate rehabilitate reinforce reinstate reject relax release relieve relocate remain remedy
remove renegotiate renew renovate reorganise repair repeal replace report request require rescind research reserve
resolve resource respect restore restrict restructure resume retain retire retrofit revamp reverse review revise
revitalise revitalize revoke reward ring-fence roll run safeguard save scale scrap scrutinise seal secure seek
select send separate serve set share shift shorten showcase sign simplify slash solve source speed sponsor spend
spread staff standardise standardize start step stimulate stop streamline strengthen study subject submit subsidise
subsidize supervise supplement supply support suspend sustain tackle tailor take target task teach test tighten
tackle track train transfer transform translate transpose treat trial triple undertake unify unite unlock update
upgrade uphold upskill urge use utilise utilize validate verify visit waive welcome widen withdraw write appeal
harvest implement favour pool procure publish benchmark ascertain avoid assemble ring-fence sunset top relaunch
contact answer ask attend balance carry check compensate counter cover criminalise debate defend discourage dispose
earmark elect equalise exclude fast-track fight fill freeze get hear impose index kickstart legalise let match
nationalise offset permit prepare present preside probe prompt pull punish quadruple react ready reassess reconsider
recreate redefine reimburse reintroduce repay rescue reshape resist reskill restart retrain sell shape slow spur
stabilise stabilize survey tax tie uncover underpin underwrite uprate vaccinate veto win co-create co-design
crowdsource onboard publicise enforce deregulate devise compile commit incorporate preserve provision reprioritise
ring-fence scope set simplify sunset surge transpose unblock widen weave work foster explore elevate nurture augment
broker canvass channel conserve contract demolish densify dismantle disrupt divert dualise electrify endow fortify
gauge hasten herald house insulate inventory itemise migrate narrow notify overhaul pave plug price probe prune ramp
reappoint rearrange reclaim regularise reissue relaunch reline repatriate replant reposition request restock retool
retrench rewrite refocus repurpose rationalise rationalize streamline re-open reopen rejuvenate replicate deepen
mainstream monetise negotiate normalise outsource overcome patrol phase police recommend recommit redouble redirect
resettle rezone
""")
# What one does with, to or on something: a preposition follows.
WITH_PREPOSITION = words("""
abide accede account act adhere agree aim apply appeal assist build bid campaign capitalise co-operate collaborate
commit communicate comply concentrate confer conform consult contribute cooperate cope co-ordinate coordinate
correspond crack deal deliver draw embark engage expand experiment explore focus follow go invest join legislate
liaise listen look meet move negotiate network opt participate partner pay plan press proceed push pilot reach react
refer refrain rely report respond return review roll seek speak start step strive subscribe take talk team train
travel turn work
""")
BASE_FORMS = TRANSITIVE | WITH_PREPOSITION
# What another does as often as not stands in these words as a thing: more is needed to see a verb.
ALSO_NOUNS = words("""
bar loan plot ration refund shield stamp swap trace vet ward weed sanction pledge prize pardon grade hand mount mould
nail strip axe boost trace tame steer exploit discard bridge signpost
address advance advocate aim appeal approach audit award ban boost build cap change charge coach commission conduct
contract cut deal design detail direct display draft drive ease end exchange exercise experiment export focus form
fund further grant guarantee guide halt harvest help hold host house increase issue join land launch lead levy
license lift limit link lobby lower map market master measure mentor model monitor move network offer open order
outline package partner pass pause place plan plant police pool position practice present press process produce
programme progress project promise pump purchase push raise reach record reform refresh register release repair
report request research reserve resource respect review reward rise roll run save scale scrap seal separate set
share shift source sponsor spread staff stage start step stop study subject supply support survey target task test
top track trade train transfer transport treat trial trust turn update upgrade use value view visit waste work
welcome
""")
# Verbs whose own matter is what comes after "to": "will work with industry to phase out …".
LEADING = words("""
work continue seek aim collaborate cooperate co-operate liaise partner plan agree strive endeavour attempt try
engage intend commit undertake pledge join move act resolve propose negotiate consult prepare begin start
""")
IRREGULAR = {
    "begin": "begun",
    "bring": "brought",
    "build": "built",
    "rebuild": "rebuilt",
    "buy": "bought",
    "cut": "cut",
    "deal": "dealt",
    "draw": "drawn",
    "drive": "driven",
    "find": "found",
    "give": "given",
    "grow": "grown",
    "hold": "held",
    "keep": "kept",
    "lay": "laid",
    "lead": "led",
    "lend": "lent",
    "make": "made",
    "meet": "met",
    "oversee": "overseen",
    "overcome": "overcome",
    "pay": "paid",
    "put": "put",
    "run": "run",
    "seek": "sought",
    "send": "sent",
    "set": "set",
    "spend": "spent",
    "spread": "spread",
    "take": "taken",
    "teach": "taught",
    "undertake": "undertaken",
    "uphold": "upheld",
    "withdraw": "withdrawn",
    "write": "written",
    "do": "done",
    "freeze": "frozen",
    "choose": "chosen",
    "sell": "sold",
    "fight": "fought",
    "win": "won",
    "repay": "repaid",
    "rewrite": "rewritten",
    "hear": "heard",
    "let": "let",
    "get": "got",
    "show": "shown",
    "know": "known",
    "speak": "spoken",
    "go": "gone",
    "stand": "stood",
}
DOUBLED = words("""
ban begin cap commit control cut halt map plan put refer run scrap set ship stop submit top transfer permit equip
rebut recommit refit retrofit step slip drop win
""") - {"halt"}


def gerund(verb: str) -> str:
    """`make` gives `making`, `set` `setting`."""
    if verb in DOUBLED:
        return f"{verb}{verb[-1]}ing"
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")):
        return f"{verb[:-1]}ing"
    return f"{verb}ing"


def participle(verb: str) -> str:
    """`make` gives `made`, `apply` `applied`."""
    if verb in IRREGULAR:
        return IRREGULAR[verb]
    if verb in DOUBLED:
        return f"{verb}{verb[-1]}ed"
    if verb.endswith("e"):
        return f"{verb}d"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return f"{verb[:-1]}ied"
    return f"{verb}ed"


def third_person(verb: str) -> str:
    """`apply` gives `applies`."""
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return f"{verb[:-1]}ies"
    return f"{verb}es" if verb.endswith(("s", "sh", "ch", "x", "z", "o")) else f"{verb}s"


GERUNDS = {gerund(verb): verb for verb in BASE_FORMS}
PARTICIPLES = {participle(verb): verb for verb in BASE_FORMS}
PARTICIPLES |= {
    f"{verb}led": verb for verb in BASE_FORMS if verb[-2:] in ("al", "el", "il", "ol")
}  # channelled, labelled
THIRD_PERSONS = {third_person(verb): verb for verb in BASE_FORMS}
# The act as a thing: "Introduction of …", "Establishment of …".
ACTS_AS_THINGS = words("""
abolition acceleration adoption allocation alignment amendment appointment assessment commencement completion
conclusion construction consultation creation delivery deployment development digitisation digitization
dissemination elimination endorsement enhancement enactment enforcement establishment evaluation examination
execution expansion exploration extension facilitation finalisation finalization formation formulation harmonisation
identification implementation improvement inclusion increase installation integration introduction issuance launch
launching modernisation modernization negotiation optimisation organisation organization phase-out preparation
production promotion protection provision publication ratification reduction reform reinforcement relocation removal
renewal renovation repeal replacement restoration review revision roll-out rollout setting-up set-up simplification
signing standardisation strengthening submission transition update upgrade upgrading
""")
