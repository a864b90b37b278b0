"""Reading a commitment's page: its answer, what is quoted, its facts, its sources and its record."""

from tests.helpers.html import find_all, main_element, parse_page, visible_text


def title(answer):
    """What it is called, with its reference."""
    [headline] = find_all(main_element(answer), "div", _class="headline")
    return f"{visible_text(find_all(headline, 'p', _class='ref')[0])} {visible_text(find_all(headline, 'h1')[0])}"


def verdict(answer):
    """The sentences that answer what became of it."""
    [element] = find_all(main_element(answer), "div", _class="verdict")
    return visible_text(element)


def passage(answer):
    """The words of the release, and where they stand there."""
    [figure] = find_all(main_element(answer), "figure", _class="passage")
    return figure


def own_quote(answer):
    """What of these words is the page's own."""
    [mark] = find_all(passage(answer), "mark")
    return visible_text(mark)


def facts(answer):
    """Each fact by its name; those for the file, which are folded away, too."""
    [aside] = find_all(main_element(answer), "aside", _class="facts")
    names, values = find_all(aside, "dt"), find_all(aside, "dd")
    return {visible_text(name): visible_text(value) for name, value in zip(names, values, strict=True)}


def sources(answer):
    """The pages that it rests on, by who is speaking: of each group its lines."""
    [element] = find_all(main_element(answer), "div", _class="sources")
    groups = find_all(element, "div")
    return {
        visible_text(find_all(group, "h3")[0]).rpartition(" ")[0]: [*map(visible_text, find_all(group, "li"))]
        for group in groups
    }


def record(answer):
    """The lines of its record, as text."""
    [lines] = find_all(find_all(main_element(answer), "section", **{"aria-labelledby": "record"})[0], "ol")
    return [visible_text(line) for line in find_all(lines, "li")]


def day_of_story(answer):
    """The day to which its little timeline runs, as it is named there."""
    [story] = find_all(parse_page(answer), "figure", _class="story")
    return visible_text(find_all(story, "text")[-1])
