from commitments.domain.reading import english, chinese
from commitments.domain.reading.outline import HEADING, read_outline
from commitments.domain.reading.source_text import is_chinese, readable_copy
from commitments.domain.reading.sections import section_kind, quoted_spans, ACTIONS, BACKGROUND
def read_text(text):
    copy=readable_copy(text)
    blocks=read_outline(copy)
    quoted=quoted_spans(copy)
    spans=[];passed=[]
    for b in blocks:
        if b.kind==HEADING: continue
        if is_chinese(copy[b.start:b.end]):
            f,p=chinese.read_block(copy,b,section_kind(copy,b),quoted)
        else:
            k=section_kind(copy,b)
            f,p=english.read_block(copy,b,english.Setting(demands=k==ACTIONS,background=k==BACKGROUND,quoted=quoted))
        spans+=f;passed+=p
    return copy,blocks,spans,passed
