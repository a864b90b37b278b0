"""However a sign-in ends while somebody types: every form of staff's in a browser, each way with a third of them."""

import pytest

from tests.browser.conftest import *  # noqa: F403  # its installations and servers
from tests.browser.test_kept_forms import ENDINGS, the_text_is_there_again, workplace  # noqa: F401
from tests.helpers.staff_forms import FORMS

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("end_session", ENDINGS)
def test_after_signing_in_again_the_text_is_there_in_every_form(workplace, chromium, tmp_path, end_session):  # noqa: F811
    forms = [*FORMS.items()][ENDINGS.index(end_session) :: len(ENDINGS)]
    the_text_is_there_again(workplace, chromium, tmp_path, end_session, forms)
