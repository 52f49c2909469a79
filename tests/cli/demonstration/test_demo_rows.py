from sklearn.datasets import load_breast_cancer

from cli.demonstration import demo_rows


def test_the_demonstration_has_the_rows_that_scikit_learn_has() -> None:
    found = load_breast_cancer()
    expected = {
        (float(label), *map(float, features))
        for label, features in zip(found.target, found.data, strict=True)
    }

    uploaded, held_back = demo_rows.load_breast_cancer_rows()

    assert (len(uploaded), len(held_back)) == (455, 114)
    assert {tuple(map(float, row)) for row in (*uploaded, *held_back)} == expected
    assert len(expected) == 569


def test_every_call_holds_back_the_same_rows_of_both_labels() -> None:
    uploaded, held_back = demo_rows.load_breast_cancer_rows()

    assert demo_rows.load_breast_cancer_rows() == (uploaded, held_back)
    assert {row[0] for row in uploaded} == {row[0] for row in held_back} == {"0", "1"}
