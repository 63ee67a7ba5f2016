"""The tables and all leads survive the deletion of a stack."""

import pytest

from support.aws import EmulatedAws


def test_the_tables_survive_the_stack_with_their_content(aws: EmulatedAws, stack_name: str) -> None:
    stack = aws.deploy(stack_name)
    workspace = stack.create_workspace("basic")
    assert stack.post(workspace, [{}] * 30).status_code == 200

    aws.delete(stack_name)

    assert stack.count_leads(workspace) == 30
    for table in (stack.outputs["AccessTableName"], stack.outputs["LeadsTableName"]):
        with pytest.raises(aws.client("dynamodb").exceptions.ClientError, match="deletion protection"):
            aws.client("dynamodb").delete_table(TableName=table)


def test_a_new_stack_can_take_over_the_tables_of_a_deleted_one(aws: EmulatedAws, stack_name: str) -> None:
    stack = aws.deploy(stack_name)
    workspace = stack.create_workspace("basic")
    assert stack.post(workspace, [{}] * 3).status_code == 200
    aws.delete(stack_name)

    aws.import_tables(stack_name)
    stack = aws.deploy(stack_name)

    assert stack.post(workspace, [{}]).status_code == 200
    assert stack.count_leads(workspace) == 4
