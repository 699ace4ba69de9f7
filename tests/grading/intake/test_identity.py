import nbformat
import pytest

from interp_ref.checking.owner import ids_in
from interp_ref.grading.intake.identity import identity_findings


def notebook(*sources):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])


def test_the_owners_id_gives_no_finding_whatever_its_capitals():
    assert identity_findings(notebook('mine = my_network("Ada ")'), "ada") == []


def test_another_id_is_told_to_the_instructor_and_the_student():
    (finding,) = identity_findings(notebook('mine = my_network("grace")'), "ada")
    assert finding.kind == "other-network" and finding.level == "mend"
    assert "'grace'" in finding.text and "'ada'" in finding.text


def test_of_several_calls_the_last_counts():
    assert identity_findings(notebook('my_network("grace")', 'mine = my_network("ada")'), "ada") == []


def test_a_notebook_without_the_call_gives_no_finding():
    assert identity_findings(notebook("x = 1", "def my_network(a): pass"), "ada") == []


@pytest.mark.parametrize(
    "source", ["my_network(", "my_network(student)", "my_network()", "my_network(3)", "my_network(" * 5000]
)
def test_what_is_no_id_or_no_python_is_passed_over(source):
    assert ids_in([source]) == []


def test_a_call_through_the_package_counts_too():
    assert ids_in(['import interp_ref\ninterp_ref.my_network("ada")']) == ["ada"]
