"""Products as AWS's Price List describes them."""

import json


def product(usage: str, tiers: list[tuple[str, str]]) -> str:
    dimensions = {
        str(number): {"beginRange": begin, "pricePerUnit": {"USD": usd}}
        for number, (begin, usd) in enumerate(tiers)
    }
    terms = {"OnDemand": {"A": {"priceDimensions": dimensions}}}
    return json.dumps({"product": {"attributes": {"usagetype": usage}}, "terms": terms})
