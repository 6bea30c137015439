"""Demo data: a believable history that the real services wrote, packed, and the loading of it (PLAT-16).

``names``, ``channel_names`` and ``pictures`` are the content; ``customer_plans`` and ``channel_plans``
list the steps; ``organisation``, ``customers``, ``business_records``, ``contracts``, ``public_pool``,
``duplicates``, ``channel_people`` and ``channel`` run them with the services, which takes some minutes.
``packing`` writes the rows into ``history.jsonl.xz`` (``make demo-data``), ``loading`` fills a fresh
installation from it. All people, companies and numbers are invented.
"""
