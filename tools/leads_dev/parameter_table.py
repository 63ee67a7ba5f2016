"""The table of the template's parameters in docs/deploying.md."""

from leads_admin.template import TEMPLATE, load_template


def parameter_table() -> str:
    """A table for each group of parameters, in the order of the template, in Markdown."""
    template = load_template(TEMPLATE)
    declared = template["Parameters"]
    groups = template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    return "\n".join(
        f"| {group['Label']['default'].lower()} | default | |\n|---|---|---|\n"
        + "".join(_row(name, str(declared[name]["Default"]), declared[name]) for name in group["Parameters"])
        for group in groups
    )


def _row(name: str, default: str, declaration: dict[str, object]) -> str:
    description = str(declaration["Description"]).replace("<", "&lt;")
    return f"| `{name}` | {f'`{default}`' if default else ''} | {description} |\n"
