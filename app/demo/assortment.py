"""What Aubépin sells, as its buyers wrote it down. Names and sentences: French, then English.

New articles are added at the end of the table and new options at the end of their row, because
barcodes are numbered by place.
"""

from typing import Final, NamedTuple

STANDARD_VAT_BP: Final = 2000
BOOK_VAT_BP: Final = 550


class Article(NamedTuple):
    """An article; `prices`, in cents with tax, are one for all its options or one for each."""

    code: str
    category: str
    names: tuple[str, str]
    texts: tuple[str, str]
    prices: tuple[int, ...]
    choices: tuple[str, ...] = ()
    vat_bp: int = STANDARD_VAT_BP


ARTICLES: Final = (
    Article(
        "THEIERE",
        "cuisine",
        ("Théière Alba", "Alba teapot"),
        (
            "Un litre de thé sous émail à pois ; le filtre en acier se retire d’une main.",
            "Holds a litre under dotted enamel, with a steel strainer that lifts out one-handed.",
        ),
        (3490,),
        ("BLEU", "BLANC", "VERT"),
    ),
    Article(
        "TASSE",
        "cuisine",
        ("Tasse Alba", "Alba mug"),
        (
            "Grès émaillé de 35 cl, anse assez large pour trois doigts, va au lave-vaisselle.",
            "A 35 cl stoneware mug with room for three fingers in the handle; dishwasher safe.",
        ),
        (1290,),
        ("BLEU", "BLANC", "JAUNE"),
    ),
    Article(
        "TORCHON",
        "cuisine",
        ("Torchon Carreaux", "Check tea towel"),
        (
            "Métis lin et coton de 50 × 70 cm, qui essuie sans pelucher dès le premier lavage.",
            "Linen and cotton, 50 × 70 cm, and lint-free from the first wash.",
        ),
        (990,),
        ("BLEU", "ROUGE"),
    ),
    Article(
        "PLANCHE",
        "cuisine",
        ("Planche à découper Atelier", "Atelier chopping board"),
        (
            "Hêtre français d’une seule pièce, huilé, à suspendre par son lien de cuir.",
            "One solid piece of oiled French beech, with a leather loop to hang it by.",
        ),
        (2490, 3990),
        ("PETITE", "GRANDE"),
    ),
    Article(
        "CASSEROLE",
        "cuisine",
        ("Casserole Marmiton", "Marmiton saucepan"),
        (
            "Acier émaillé de 18 cm avec couvercle, pour tous les feux, induction comprise.",
            "Enamelled steel, 18 cm, lid included, for every hob and induction too.",
        ),
        (4490,),
        ("BLEU", "ROUGE", "JAUNE"),
    ),
    Article(
        "LAMPE",
        "maison",
        ("Lampe à poser Lune", "Moon table lamp"),
        (
            "Pied en céramique tournée, abat-jour en coton, tirette en laiton ; ampoule E27.",
            "A thrown ceramic base, a cotton shade and a brass pull; takes an E27 bulb.",
        ),
        (5900,),
        ("JAUNE", "VERT"),
    ),
    Article(
        "COUSSIN",
        "maison",
        ("Coussin Aubépine", "Hawthorn cushion"),
        (
            "Fleurs brodées sur coton lavé, 45 × 45 cm, housse zippée lavable à 40 °C.",
            "Embroidered flowers on washed cotton, 45 × 45 cm, with a zip cover for 40 °C.",
        ),
        (3490,),
        ("BLEU", "ROSE", "VERT"),
    ),
    Article(
        "BOUGIE",
        "maison",
        ("Bougie parfumée", "Scented candle"),
        (
            "Cire de colza et mèche de coton, 45 heures ; le verre sert ensuite de gobelet.",
            "Rapeseed wax and a cotton wick burn for 45 hours, then the glass is yours to reuse.",
        ),
        (2490,),
        ("FIGUIER", "CEDRE", "ORANGER"),
    ),
    Article(
        "REVEIL",
        "maison",
        ("Réveil Matines", "Matines alarm clock"),
        (
            "Deux cloches en laiton, mouvement silencieux, cadran lumineux d’une pression.",
            "Two brass bells, a silent movement, and a dial that lights up at a touch.",
        ),
        (3290,),
        ("ROUGE", "BLEU"),
    ),
    Article(
        "VASE",
        "maison",
        ("Vase Goulot", "Goulot vase"),
        (
            "Faïence de 22 cm au col étroit, qui tient trois branches bien droites.",
            "Earthenware, 22 cm tall, with a narrow neck that keeps three stems upright.",
        ),
        (2790,),
        ("BLEU", "JAUNE"),
    ),
    Article(
        "PARAPLUIE",
        "maison",
        ("Parapluie Averse", "Averse umbrella"),
        (
            "Huit baleines en fibre de verre, toile déperlante et poignée en châtaignier.",
            "Eight fibreglass ribs, a quick-drying canopy and a chestnut handle.",
        ),
        (3990,),
        ("NUIT", "ROUGE"),
    ),
    Article(
        "ARROSOIR",
        "jardin",
        ("Arrosoir 5 litres", "Watering can, 5 litres"),
        (
            "Acier galvanisé et laqué ; la pomme en laiton se dévisse pour un jet droit.",
            "Galvanised, lacquered steel; unscrew the brass rose for a single jet.",
        ),
        (3490,),
        ("VERT", "BLEU", "JAUNE"),
    ),
    Article(
        "POT",
        "jardin",
        ("Pot en terre cuite Potager", "Potager clay pot"),
        (
            "Terre cuite non gélive, percée au fond, avec une bande peinte ; sans la plante.",
            "Frost-proof clay with a drainage hole and a painted band; the plant is not included.",
        ),
        (790, 1290, 1990),
        ("12", "18", "24"),
    ),
    Article(
        "SECATEUR",
        "jardin",
        ("Sécateur Taille-net", "Taille-net secateurs"),
        (
            "Lame franche en acier forgé, coupe jusqu’à 20 mm, pour la main droite ou gauche.",
            "A forged bypass blade that cuts to 20 mm, for either hand.",
        ),
        (2990,),
    ),
    Article(
        "TRANSPLANTOIR",
        "jardin",
        ("Transplantoir Semis", "Semis hand trowel"),
        (
            "Lame inox étroite pour repiquer sans abîmer les racines, manche en hêtre.",
            "A narrow stainless blade that spares the roots, on a beech handle.",
        ),
        (1490,),
        ("HETRE", "LAQUE"),
    ),
    Article(
        "NICHOIR",
        "jardin",
        ("Nichoir Mésange", "Blue tit nest box"),
        (
            "Pin brut à l’intérieur, trou de 28 mm pour les mésanges, toit qui se soulève.",
            "Untreated pine inside, a 28 mm hole for tits, and a roof that lifts for cleaning.",
        ),
        (2290,),
        ("BLEU", "NATUREL"),
    ),
    Article(
        "CARNET",
        "papier",
        ("Carnet cousu A5", "Sewn A5 notebook"),
        (
            "160 pages lignées de papier ivoire 90 g, cousues au fil : il s’ouvre bien à plat.",
            "160 ruled ivory pages of 90 g paper, thread-sewn so that it lies flat.",
        ),
        (1490,),
        ("BLEU", "ROUGE", "VERT"),
    ),
    Article(
        "STYLO",
        "papier",
        ("Stylo plume Écolier", "Écolier fountain pen"),
        (
            "Plume acier moyenne, corps laqué, deux cartouches d’encre bleue dans l’étui.",
            "A medium steel nib in a lacquered barrel, with two blue cartridges in the case.",
        ),
        (3200,),
        ("BLEU", "ROUGE"),
    ),
    Article(
        "ENVELOPPES",
        "papier",
        ("Correspondance Doux mots", "Doux mots writing set"),
        (
            "Dix enveloppes, vingt feuilles et dix cachets autocollants, en papier recyclé.",
            "Ten envelopes, twenty sheets and ten sticker seals, all on recycled paper.",
        ),
        (1290,),
        ("BLEU", "ROSE"),
    ),
    Article(
        "CISEAUX",
        "papier",
        ("Ciseaux Papetier", "Papetier scissors"),
        (
            "Lames inox de 21 cm qui coupent jusqu’à la pointe, anneaux gainés.",
            "Stainless 21 cm blades that cut right to the tip, with cushioned rings.",
        ),
        (1690,),
        ("BLEU", "ROUGE"),
    ),
    Article(
        "SERVIETTES",
        "bain",
        ("Lot de 3 serviettes Éponge", "Éponge towels, set of 3"),
        (
            "Coton bio de 500 g/m², 50 × 100 cm, avec un liteau tissé et une attache.",
            "Organic 500 g/m² cotton, 50 × 100 cm, each with a woven border and a hanging loop.",
        ),
        (3990,),
        ("BLANC", "BLEU", "ROSE"),
    ),
    Article(
        "SAVON",
        "bain",
        ("Distributeur de savon Menthe", "Mint soap dispenser"),
        (
            "Flacon de 40 cl rempli de savon à la menthe, à recharger autant qu’on veut.",
            "A 40 cl bottle of mint hand soap, made to be refilled.",
        ),
        (1590,),
        ("BLANC", "AMBRE"),
    ),
    Article(
        "PANIER",
        "bain",
        ("Panier tressé Rivage", "Rivage woven basket"),
        (
            "Jonc de mer tressé à la main, 40 cm de large, pour le linge ou le marché.",
            "Hand-woven seagrass, 40 cm wide, for laundry or for market day.",
        ),
        (2990,),
        ("NATUREL", "BLEU"),
    ),
    Article(
        "TRAIN",
        "enfants",
        ("Locomotive en bois Tortillard", "Tortillard wooden engine"),
        (
            "Hêtre massif et peinture à l’eau, six roues qui tournent, dès 18 mois.",
            "Solid beech and water-based paint, six turning wheels, from 18 months.",
        ),
        (2490,),
        ("ROUGE", "VERT"),
    ),
    Article(
        "TOUPIE",
        "enfants",
        ("Toupie Tourneboule", "Tourneboule spinning top"),
        (
            "Érable tourné et peint, tient deux minutes lancée à la main, dès 3 ans.",
            "Turned and painted maple that spins for two minutes by hand, from 3 years.",
        ),
        (990,),
        ("ROUGE", "BLEU"),
    ),
    Article(
        "CANARD",
        "enfants",
        ("Canard de bain", "Bath duck"),
        (
            "Caoutchouc naturel sans trou, donc sans moisissure, qui flotte toujours droit.",
            "Natural rubber with no hole to let mould in, and it always floats upright.",
        ),
        (890,),
    ),
    Article(
        "IMAGIER",
        "enfants",
        ("Mon imagier du verger", "My orchard picture book"),
        (
            "Trente fruits dessinés sur seize doubles pages cartonnées, en français et en anglais.",
            "Thirty fruits drawn over sixteen board spreads, named in French and English.",
        ),
        (1350,),
        vat_bp=BOOK_VAT_BP,
    ),
)
