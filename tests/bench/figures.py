# SPDX-License-Identifier: Apache-2.0
"""Medians, their intervals, and tables of them."""
import math


def median(values):
    values = sorted(values)
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2


def interval(values):
    """The 95 % interval of the median, by the order of the values: whatever their distribution."""
    values = sorted(values)
    reach = 0.98 * math.sqrt(len(values))
    low = max(0, math.floor(len(values) / 2 - reach))
    high = min(len(values) - 1, math.ceil(len(values) / 2 + reach))
    return values[low], values[high]


def table(head, rows):
    """Prints rows of words as Markdown."""
    print('| ' + ' | '.join(head) + ' |')
    print('|' + '---|' * len(head))
    for row in rows:
        print('| ' + ' | '.join(str(cell) for cell in row) + ' |')
    print(flush=True)


class Bars:
    """What is wanted, and whether it is met."""

    def __init__(self):
        self.rows = []

    def at_most(self, what, figure, bar):
        self.rows.append((what, f'{figure:.2f}', f'at most {bar:.2f}', figure <= bar))

    def at_least(self, what, figure, bar):
        self.rows.append((what, f'{figure:.2f}', f'at least {bar:.2f}', figure >= bar))

    def holds(self, what, figure, holds):
        self.rows.append((what, figure, '', holds))

    def show(self):
        print('## Bars\n')
        table(('what', 'is', 'wanted', ''), [row[:3] + ('met' if row[3] else 'NOT met',) for row in self.rows])
        return all(row[3] for row in self.rows)
