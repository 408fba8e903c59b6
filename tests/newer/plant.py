"""Makes the few sources in which a newer samplan differs from this one: plant.py FOLDER. It knows one field more
(goal.feeling) and one operation more (code 8, a set whose value begins with "ny:"), and says so of its replicas. For
tests/cli/test_versions.py; the product has no switch for it."""
import pathlib
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
PLANTS = {
    "app/plan/model.c": [
        ("#define MODEL_VERSION 1", "#define MODEL_VERSION 2"),
        ("static const struct schema_field activity_fields[]", None),
        ('N_("The day it was reached, or ja where the day is not known.")},\n',
         'N_("The day it was reached, or ja where the day is not known.")},\n'
         '    {5, "feeling", MERGE_REGISTER, FORM_TEXT, NULL, "How it feels."},\n')],
    "sync/op.c": [
        ("    case OP_SET:\n", "    case OP_SET:\n    case 8:\n"),
        ("    o->code = (enum op_code)code;\n",
         "    o->code = code == 8 ? OP_SET : (enum op_code)code;\n"),
        ("    cbor_put_uint(out, (uint64_t)o->code);\n",
         '    cbor_put_uint(out, o->code == OP_SET && o->value && strncmp(o->value, "ny:", 3) == 0 ? 8 '
         ': (uint64_t)o->code);\n')],
}


def main(folder):
    for name, changes in PLANTS.items():
        text = (TOP / name).read_text(encoding="utf-8")
        for old, new in changes:
            if text.count(old) != 1:
                sys.exit(f"{name}: expected once: {old}")
            text = text if new is None else text.replace(old, new)
        target = pathlib.Path(folder) / (name.replace("/", "_"))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
