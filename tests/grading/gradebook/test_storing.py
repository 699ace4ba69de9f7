"""What is stored of an outcome: nbgrader's rows, our own, and the notebook."""


def test_points_go_into_nbgraders_gradebook_and_the_reflection_waits_for_a_person(put, course):
    put("ada", double=2, quadruple=1.5)
    assert course.scores("ada") == {
        "check_double": (2.0, None, False),
        "check_quadruple": (1.5, None, False),
        "reflection": (None, None, True),
    }
