"""What cases are about, for bench/fill.c: categories and sectors as the Information Commissioner counted them (../shared/data/ico),
the sectors as departments, and of ten reports nine that have nothing to do with computers, as the issue wants; and the people of
those departments. Where the counts are not there, a built-in mix of the same shape is used."""
import collections, csv, os

COUNTS = os.path.join("..", "shared", "data", "ico", "ico-incidents-category-by-sector-2019-2021.csv")
PEOPLE, CYBER_OF_TEN = 400, 1
PAPER, EMAIL, SYSTEM, DEVICE, SPOKEN = ('"forms":["%s"],' % f for f in ("paper", "email", "system", "device", "spoken"))
YES = '"personal_data":"yes"'
# what the Commissioner calls it: whether it is cyber, a share for the built-in mix, our category, facts, words
KINDS = {
    "Data emailed to incorrect recipient": (0, 41, "wrong_recipient", EMAIL + YES, "An email about a tenant went to somebody with the same surname."),
    "Data posted or faxed to incorrect recipient": (0, 30, "wrong_recipient", PAPER + YES, "A letter about a family was posted to an old address."),
    "Failure to redact": (0, 10, "not_edited", PAPER + YES, "We answered a request and left the name of a pupil in it."),
    "Failure to use bcc": (0, 9, "wrong_recipient", EMAIL + YES, "A newsletter went out with all addresses to be seen."),
    "Loss/theft of paperwork or data left in insecure location": (0, 20, "lost_or_stolen", PAPER + '"loss":"lost",' + YES, "A folder about an applicant cannot be found."),
    "Loss/theft of device containing personal data": (0, 7, "laptop", DEVICE + '"loss":"stolen",' + YES, "My laptop was taken from the car."),
    "Verbal disclosure of personal data": (0, 7, "overheard", SPOKEN + YES, "The case of a carer was talked about in the lift."),
    "Unauthorised access (non-cyber)": (0, 8, "looked_up", SYSTEM + YES, "Somebody opened a record that no work needs."),
    "Incorrect disposal of paperwork": (0, 1, "unsafe_disposal", PAPER + YES, "A list of names was in the ordinary bin."),
    "Incorrect disposal of hardware": (0, 1, "unsafe_disposal", DEVICE + YES, "An old disk was given away."),
    "Data of wrong data subject shown in client portal": (0, 3, "system_fault", SYSTEM + YES, "The portal showed another person's letter."),
    "Alteration of personal data": (0, 1, "wrong_record", SYSTEM + YES, "A birth date was changed in the wrong record."),
    "Other non-cyber incident": (0, 62, "something_else", YES, "Something with a form went wrong."),
    "Not Provided": (0, 13, "not_sure", '"personal_data":"unsure"', "I do not know what this is."),
    "Cryptographic flaw": (0, 1, "weak_spot", SYSTEM + '"kind":"weakness"', "The list can be opened by everybody."),
    "Phishing": (1, 12, "scam_message", EMAIL + '"personal_data":"no"', "A message asks for my password."),
    "Unauthorised access (cyber)": (1, 6, "intrusion", SYSTEM + YES, "Somebody was in the mailbox from abroad."),
    "Ransomware": (1, 5, "malware", DEVICE + YES, "A screen asks for money."),
    "Malware": (1, 2, "malware", DEVICE + '"personal_data":"no"', "A computer shows strange messages."),
    "Brute Force": (1, 1, "intrusion", SYSTEM + '"personal_data":"unsure"', "Many tries to sign in were seen."),
    "Denial of service": (1, 1, "outage", SYSTEM + '"personal_data":"no"', "The web site does not answer."),
    "Hardware/software misconfiguration": (1, 2, "weak_spot", SYSTEM + '"kind":"weakness"', "A folder on the server is open to all."),
    "Other cyber incident": (1, 3, "system_fault", SYSTEM + '"personal_data":"unsure"', "The system did something odd."),
}
SECTORS = {"Health": 18, "Education and childcare": 14, "Finance, insurance and credit": 10, "Local government": 9, "General business": 9,
           "Retail and manufacture": 8, "Legal": 8, "Charitable and voluntary": 5, "Land or property services": 4, "Central Government": 3,
           "Transport and leisure": 3, "Online Technology and Telecoms": 2, "Social care": 2, "Justice": 2, "Utilities": 1, "Religious": 1}


def counted(root):
    """{(category, sector): how many}, and where from."""
    path = os.path.join(root, COUNTS)
    if not os.path.exists(path):
        print(f"{COUNTS} is not here: a built-in mix of the same shape is used")
        return {(k, s): v[1] * w for k, v in KINDS.items() for s, w in SECTORS.items()}, "built-in"
    cells = collections.Counter()
    for row in csv.DictReader(open(path)):
        cells[row["category"], row["sector"]] += int(row["count"])
    return dict(cells), "ico"


class Mix:
    def __init__(self, root):
        cells, self.source = counted(root)
        cyber = sum(n for (k, _), n in cells.items() if KINDS[k][0])
        other = sum(cells.values()) - cyber
        sectors = collections.Counter()
        for (kind, sector), n in cells.items():
            cells[kind, sector] = max(1, round(n * 10 * (CYBER_OF_TEN * other / (10 - CYBER_OF_TEN) / cyber if KINDS[kind][0] else 1)))
            sectors[sector] += cells[kind, sector]
        self.departments, first = {}, 0
        for sector, n in sectors.most_common():
            people = max(3, round(PEOPLE * n / sum(sectors.values())))
            self.departments[sector] = (first, people)
            first += people
        self.people = first
        self.lines = "".join(f"{n}\t{self.departments[s][0]}\t{self.departments[s][1]}\t{KINDS[k][2]}\t{{{KINDS[k][3]}}}\t{KINDS[k][4]}\n"
                             for (k, s), n in sorted(cells.items()))

    def roster(self):
        """People as `tocsin person import` takes them: the first of a department is its manager, the second on its management team."""
        rows = ["person,name,email,department,manager,roles"]
        for department, (first, n) in self.departments.items():
            for k in range(n):
                who, boss = first + k, f"s{first:04}" if k else ""
                rows.append(f's{who:04},Staff Member {who},s{who:04}@exampleshire.example,"{department}",{boss},'
                            + ("departmental_management_team" if k == 1 else ""))
        return "\n".join(rows) + "\n"


def word(rank):
    """The word that bench/fill.c makes of a rank."""
    parts = rank % 70, rank // 70 % 70, (rank * 7 + rank // 4900) % 70
    return "".join("bdfgklmnprstvz"[p // 5] + "aeiou"[p % 5] for p in parts)
