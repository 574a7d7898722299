"""資料併合 (C-1): from everybody's documents to one basis of facts, each with its origin.

One person, pure (`merging.merge_one`), in this order:

| step | file |
| --- | --- |
| what the year's rules, findings and codes say | `book`, of `data/*.toml` |
| documents in the order in which they are heard; which are superseded | `papers` |
| notices that do not count: one-stop, 特定配当等 | `notices` |
| birth, disability, single parent … | `personal` |
| amounts; what a 確定申告書 states among its items | `amounts`, `filed` |
| whose statement of relatives counts, who they are | `stated`, `household`, `register`, `relatives` |
| relatives whom a slip counts and does not name | `counted` |
| housing loan | `housing` |
| officers' decisions, last | `deciding` |
| what comes out: facts, origins, claims, findings | `gathered`; `people` for what goes in |

Many people: `kin` (who the relatives are), `incomes` (what they earn by their own documents), `blocks`
(makes), `writing` (writes only what differs), `claimants` (claims that contradict each other), `job` (the
whole city), `service` (some people again), `queries`, `tables`.

Officers: `decisions` and `settling` (two people each), `listing`, `paths` and `labels` (how things are
named), and the outsides: `graphql/`, `commands`, `finding_commands`, `decision_commands`.
"""
