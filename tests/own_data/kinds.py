"""Ten files of the kinds that people have, the commands that each needs, and what is true of it.

Each rule that makes the labels is known, so a model that learned it has to say so for rows far from
the rule's edge: `asked` has such rows, without labels, and `answers` what is true of them.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

Rows = Iterator[str]
Value = str | int | float


@dataclass(frozen=True)
class Kind:
    """One kind of file: how it is made, put, learned and asked.

    `hyperparameters` and `gate` (a metric with its bound) belong to the model in the environment's
    file. An answer is a class, by its code, or a quantity, which is met within `tolerance`.
    """

    name: str
    write: Callable[[Path], None]
    options: tuple[str, ...]
    hyperparameters: dict[str, Value]
    gate: tuple[str, float]
    asked: str
    answers: tuple[float, ...]
    tolerance: float = 0
    separator: str = ","
    encoding: str = "utf-8"

    def is_right(self, predictions: list[float | list[float]]) -> bool:
        """Whether predictions, each a number or the probabilities of all classes, are true."""
        return len(predictions) == len(self.answers) and all(
            map(self._meets, predictions, self.answers)
        )

    def _meets(self, prediction: float | list[float], answer: float) -> bool:
        if isinstance(prediction, list):
            return prediction.index(max(prediction)) == answer
        if self.tolerance:
            return abs(prediction - answer) <= self.tolerance
        return (prediction > 0.5) == (answer == 1)


BINARY: dict[str, Value] = {"objective": "binary:logistic", "eval_metric": "auc"}
QUANTITY: dict[str, Value] = {"objective": "reg:squarederror"}
COMMON: dict[str, Value] = {"num_round": 60, "max_depth": 5, "eta": 0.3}


def classes(count: int) -> dict[str, Value]:
    """The hyperparameters of so many classes."""
    return {"objective": "multi:softprob", "num_class": count}


def writer(
    header: str, rows: Callable[[random.Random], Rows], encoding: str = "utf-8"
) -> Callable[[Path], None]:
    """What writes a file, the same each time."""

    def write(path: Path) -> None:
        lines = (header, *rows(random.Random(header))) if header else rows(random.Random("none"))
        path.write_text("".join(f"{line}\n" for line in lines), encoding=encoding)

    return write


def wine(draw: random.Random) -> Rows:
    """Semicolons, quoted names, quality 5 to 7 by alcohol, as UCI's."""
    for _ in range(1_500):
        alcohol = draw.uniform(8, 14)
        quality = 5 if alcohol < 10 else 6 if alcohol < 12 else 7
        yield f"{draw.uniform(4, 16):.1f};{draw.uniform(0, 1):.3f};{draw.uniform(2.8, 4):.2f};" + (
            f"{alcohol:.1f};{quality}"
        )


def titanic(draw: random.Random) -> Rows:
    """Ids, names with commas, tickets, missing ages and cabins; women of the first class live."""
    for number in range(891):
        sex, pclass = draw.choice(("male", "female")), draw.randint(1, 3)
        lives = sex == "female" and pclass < 3
        age = "" if draw.random() < 0.2 else f"{draw.randint(1, 80)}"
        cabin = f"C{draw.randint(1, 400)}" if draw.random() < 0.2 else ""
        yield (
            f'{number + 1},{int(lives)},{pclass},"Nr. {number}, Mr. X",{sex},{age},'
            f"A/5 {draw.randint(1, 10**6)},{draw.uniform(7, 500):.4f},{cabin},{draw.choice('SCQ')}"
        )


def adult(draw: random.Random) -> Rows:
    """No header, a blank after each comma, `?` for missing, the label last, as UCI's."""
    for _ in range(3_000):
        hours, degree = (
            draw.randint(10, 80),
            draw.choice(("HS-grad", "Bachelors", "Masters", "11th")),
        )
        is_rich = degree in ("Bachelors", "Masters") and hours >= 40
        work = draw.choice(("Private", "State-gov", "Self-emp", "?"))
        yield (
            f"{draw.randint(17, 90)}, {work}, {draw.randint(10_000, 900_000)}, {degree}, {hours}, "
            + (">50K" if is_rich else "<=50K")
        )


def prices(draw: random.Random) -> Rows:
    """Thousands separators in quotation marks, as spreadsheets write them."""
    for _ in range(2_000):
        size, town = draw.randint(300, 4_000), draw.choice(("Springfield", "Shelbyville"))
        price = size * (200 if town == "Springfield" else 100) + draw.uniform(-5_000, 5_000)
        yield f'"{size:,}",{town},{draw.randint(1, 6)},"{price:,.2f}"'


def churn(draw: random.Random) -> Rows:
    """UTF-16 with tabs, as Excel's Unicode text: an id of text, Yes and No, NA."""
    for _ in range(2_000):
        contract, months = draw.choice(("Monthly", "One year", "Two year")), draw.randint(0, 72)
        leaves = contract == "Monthly" and months < 24
        plan = draw.choice(("DSL", "Fiber, fast", "NA"))
        yield "\t".join(
            (
                f"{draw.randint(1000, 9999)}-{draw.getrandbits(40):X}",
                draw.choice(("Yes", "No")),
                str(months),
                contract,
                plan,
                f"{draw.uniform(18, 120):.2f}",
                "Yes" if leaves else "No",
            )
        )


def imbalanced(draw: random.Random) -> Rows:
    """One of a thousand rows is a fraud, which has a high amount at night."""
    for number in range(40_000):
        is_fraud = number % 1_000 == 7
        amount = draw.uniform(5_000, 9_000) if is_fraud else draw.uniform(1, 3_000)
        hour = draw.uniform(0, 5 if is_fraud else 24)
        yield f"{amount:.2f},{hour:.2f},{int(is_fraud)}"


def species(draw: random.Random) -> Rows:
    """Three classes of text, as the iris flowers."""
    for _ in range(900):
        kind = draw.randrange(3)
        length = (1.5, 4.3, 6.5)[kind] + draw.uniform(-0.5, 0.5)
        name = ("setosa", "versicolor", "virginica")[kind]
        yield f"{draw.uniform(4, 8):.1f},{draw.uniform(2, 4.5):.1f},{length:.1f},{name}"


def power(draw: random.Random) -> Rows:
    """A quantity of numbers, of which some are missing in four spellings."""
    for _ in range(3_000):
        heat, wind = draw.uniform(-5, 35), draw.uniform(0, 20)
        shown = draw.choice(("NA", "null", "?", "")) if draw.random() < 0.05 else f"{wind:.2f}"
        load, pressure = 500 - 5 * heat + draw.uniform(-5, 5), draw.uniform(990, 1030)
        yield f"{load:.2f},{heat:.2f},{shown},{pressure:.1f}"


def rides(draw: random.Random) -> Rows:
    """An hourly count that is high from 7 to 18 on working days, in the order of time."""
    begin = datetime(2025, 1, 1)
    for number in range(24 * 200):
        at = begin + timedelta(hours=number)
        is_busy = 7 <= at.hour <= 18 and at.weekday() < 5
        rides = (400 if is_busy else 50) + draw.randint(-10, 10)
        yield f"{at:%Y-%m-%d %H:%M:%S},{draw.uniform(-5, 30):.1f},{rides}"


def big(draw: random.Random) -> Rows:
    """A block of rows, which `write_big` repeats; yes where the score is high in the north."""
    for _ in range(10_000):
        score, region = draw.uniform(0, 100), draw.choice(("north", "south"))
        more = ",".join(f"{draw.uniform(0, 1):.6f}" for _ in range(10))
        yield f"{'yes' if score > 50 and region == 'north' else 'no'},{score:.3f},{region},{more}"


BIG_HEADER = "won,score,region," + ",".join(f"x{number}" for number in range(10))


def write_big(path: Path, least_bytes: int = 300_000_000) -> None:
    """Write a file of so many bytes at least, quickly."""
    block = "".join(f"{line}\n" for line in big(random.Random("big"))).encode()
    with path.open("wb") as file:
        file.write(f"{BIG_HEADER}\n".encode())
        while file.tell() < least_bytes:
            file.write(block)


def _tuned(objective: dict[str, Value], **more: Value) -> dict[str, Value]:
    return {**COMMON, **objective, **more}


def _dropped(*names: str) -> tuple[str, ...]:
    return tuple(word for name in names for word in ("--drop", name))


WINE_HEADER = '"fixed acidity";"volatile acidity";"pH";"alcohol";"quality"'
KINDS = (
    Kind(
        "wine",
        writer(WINE_HEADER, wine),
        ("--label", "quality", "--categorical", "quality"),
        _tuned(classes(3)),
        ("accuracy", 0.9),
        "alcohol,fixed acidity,volatile acidity,pH\n9,7,0.5,3.3\n11,7,0.5,3.3\n13.5,7,0.5,3.3\n",
        (0, 1, 2),
        separator=";",
    ),
    Kind(
        "titanic",
        writer("PassengerId,Survived,Pclass,Name,Sex,Age,Ticket,Fare,Cabin,Embarked", titanic),
        ("--label", "Survived", *_dropped("PassengerId", "Name", "Ticket", "Cabin")),
        _tuned(BINARY),
        ("auc", 0.95),
        "Sex,Pclass,Age,Fare,Embarked\nfemale,1,30,80,S\nmale,1,30,80,S\nfemale,3,,20,Q\n",
        (1, 0, 0),
    ),
    Kind(
        "adult",
        writer("", adult),
        ("--label", "6"),
        _tuned(BINARY),
        ("auc", 0.95),
        "40,Private,200000,Masters,60\n40,Private,200000,11th,60\n40,,200000,Bachelors,20\n",
        (1, 0, 0),
    ),
    Kind(
        "prices",
        writer("size,town,rooms,price", prices),
        ("--label", "price"),
        _tuned(QUANTITY),
        ("rmse", 20_000),
        "town,size,rooms\nSpringfield,2000,3\nShelbyville,2000,3\n",
        (400_000, 200_000),
        tolerance=20_000,
    ),
    Kind(
        "churn",
        writer("customerID\tPartner\ttenure\tContract\tInternet\tCharges\tChurn", churn, "utf-16"),
        ("--label", "Churn", *_dropped("customerID")),
        _tuned(BINARY),
        ("auc", 0.95),
        "Contract,tenure,Internet,Charges,Partner\nMonthly,2,DSL,50,No\nTwo year,2,DSL,50,No\n"
        'Monthly,70,"Fiber, fast",50,Yes\n',
        (1, 0, 0),
        separator="\t",
        encoding="utf-16",
    ),
    Kind(
        "imbalanced",
        writer("amount,hour,fraud", imbalanced),
        ("--label", "fraud", "--split", "0.5,0.2,0.3"),
        _tuned(BINARY, scale_pos_weight=100),
        ("auc", 0.95),
        "hour,amount\n2,8000\n14,100\n",
        (1, 0),
    ),
    Kind(
        "species",
        writer("sepal_length,sepal_width,petal_length,species", species),
        ("--label", "species"),
        _tuned(classes(3)),
        ("accuracy", 0.9),
        "petal_length,sepal_width,sepal_length\n1.5,3,5\n4.3,3,6\n6.5,3,6\n",
        (0, 1, 2),
    ),
    Kind(
        "power",
        writer("load,heat,wind,pressure", power),
        (),
        _tuned(QUANTITY),
        ("rmse", 20),
        "heat,wind,pressure\n0,5,1010\n30,5,1010\n",
        (500, 350),
        tolerance=15,
    ),
    Kind(
        "rides",
        writer("at,heat,rides", rides),
        ("--label", "rides", "--time", "at", "--dates", "split"),
        _tuned(QUANTITY),
        ("rmse", 60),
        "at_hour,at_weekday,at_day,at_month,at_year,heat\n12,2,15,3,2025,10\n2,2,15,3,2025,10\n",
        (400, 50),
        tolerance=50,
    ),
    Kind(
        "big",
        write_big,
        ("--label", "won"),
        _tuned(BINARY, num_round=10),
        ("auc", 0.95),
        f"{BIG_HEADER.removeprefix('won,')}\n"
        f"90,north,{','.join(['0.5'] * 10)}\n90,south,{','.join(['0.5'] * 10)}\n",
        (1, 0),
    ),
)
"""The ten kinds. All are put with `./kiban data put MODEL FILE` and the options of each."""
