"""An executor that follows a plan, and the reference executor wherever the plan does not reach."""

from __future__ import annotations

from asyncio import Future, ensure_future, sleep
from collections.abc import Awaitable, Iterable
from typing import Any

from graphql import (
    ExecutionResult,
    GraphQLAbstractType,
    GraphQLError,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
)
from graphql.execution import Executor, default_field_resolver, default_type_resolver
from graphql.execution.collect_fields import CollectedFields, FieldDetailsList, GroupedFieldSet
from graphql.execution.values import VariableValues, get_argument_values
from graphql.pyutils import Path, gather_with_cancel

from api.plan.columns import Columns
from api.plan.facts import CAST
from api.plan.plan import FieldPlan, Plan
from api.plan.tables import Table, rows

#: Items of a list that are begun before others get their turn.
SLICE = 500
#: A list of this many items is worth a generated function, though its plan may not be run again.
_LONG = 32
_SIZED = frozenset({list, tuple, Columns})

_ListPlace = tuple[GraphQLOutputType, FieldDetailsList, GraphQLResolveInfo[Any], Path]
"""Where a list stands: type of its items, what is asked of them, and the field it answers."""


class PlannedExecutor(Executor[Any]):
    """Executes a plan once. Its answers and errors are those of `graphql.execute`, byte for byte.

    What this class overrides is how work is found, never what a value or an error becomes: every
    value that a projection refuses is completed by the methods of the reference. In one thing it
    differs: a list of more than `SLICE` items whose fields have resolvers is worked off in slices
    with the event loop free between them, so that errors of fields beside it may come before its own.
    """

    def __init__(
        self, plan: Plan, variables: VariableValues, context: object, root: object = None
    ) -> None:
        super().__init__(
            plan.schema,
            plan.definitions,
            plan.fragments,
            root,
            context,
            plan.operation,
            variables,
            default_field_resolver,
            default_type_resolver,
            default_field_resolver,
        )
        self.plan = plan
        self._arguments: dict[int, dict[str, Any]] = {}
        plan.executions += 1
        self._is_warm = plan.executions > 1

    async def execute_query(self) -> ExecutionResult:
        """The result of the operation, whose root fields are begun together."""
        plan = self.plan
        try:
            data: Any = self.execute_fields(plan.root_type, self.root_value, None, plan.root, None)
            if self.is_awaitable(data):
                data = await data
        except GraphQLError as error:
            self.collected_errors.add(error, None)
            data = None
        return ExecutionResult(data, self.collected_errors.errors or None)

    def collect_subfields(
        self, return_type: GraphQLObjectType, field_details_list: FieldDetailsList
    ) -> CollectedFields:
        """The selection as the plan has collected it."""
        return self.plan.collect(return_type, field_details_list)

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Path | None,
        grouped_field_set: GroupedFieldSet,
        position_context: Any,
    ) -> Any:
        """Plain attributes by their functions, all other fields as the reference does."""
        made = self.plan.object(parent_type, grouped_field_set, is_warm=self._is_warm)
        has_attributes = source_value.__class__ is made.origin
        results: dict[str, Any] = {}
        awaited: list[str] = []
        try:
            for field in made.fields:
                if field.plain is not None and has_attributes:
                    try:
                        results[field.response] = field.plain(source_value)
                        continue
                    except Exception:  # noqa: S110 - the reference says what is wrong with it
                        pass
                result = self._field(field, parent_type, source_value, path)
                results[field.response] = result
                if self.is_awaitable(result):
                    awaited.append(field.response)
        except Exception:
            if awaited:
                self.settle_in_background([results[name] for name in awaited])
            raise
        return self._gathered(results, awaited) if awaited else results

    async def _gathered(self, results: dict[str, Any], awaited: list[str]) -> dict[str, Any]:
        if len(awaited) == 1:
            results[awaited[0]] = await results[awaited[0]]
        else:
            values = await gather_with_cancel(*(results[name] for name in awaited))
            results.update(zip(awaited, values, strict=True))
        return results

    def _field(
        self, field: FieldPlan, parent_type: GraphQLObjectType, source: Any, path: Path | None
    ) -> Any:
        """`Executor.execute_field`, with what the plan knows of the field."""
        definition = field.definition
        kind, details = definition.type, field.details
        below = Path(path, field.response, parent_type.name)
        info = self.build_resolve_info(definition, field.nodes, parent_type, below)
        try:
            arguments = self._arguments_of(field) if field.has_arguments else {}
            resolve = definition.resolve or self.field_resolver
            result = resolve(source, info, **arguments)
            if self.is_awaitable(result):
                return self.complete_awaitable_value(kind, details, info, below, result, None)
            completed = self.complete_value(kind, details, info, below, result, None)
            if self.is_awaitable(completed):
                return self._caught(completed, kind, details, below)
        except Exception as error:
            self.handle_field_error(error, kind, details, below)
            return None
        return completed

    async def _caught(
        self,
        completed: Awaitable[Any],
        kind: GraphQLOutputType,
        details: FieldDetailsList,
        path: Path,
    ) -> Any:
        try:
            return await completed
        except Exception as error:
            self.handle_field_error(error, kind, details, path)
            return None

    def _arguments_of(self, field: FieldPlan) -> dict[str, Any]:
        """The arguments of a field, coerced once an execution; GraphQLError each time they cannot be."""
        found = self._arguments.get(id(field))
        if found is None:
            found = self._arguments[id(field)] = get_argument_values(
                field.definition, field.nodes[0], self.variable_values, None, self.hide_suggestions
            )
        return found

    def complete_object_value(
        self,
        return_type: GraphQLObjectType,
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        """An object of plain attributes by its projection."""
        if self._is_warm:
            found = self.plan.projections.of(return_type, field_details_list)
            if found is not None and result.__class__ is found.origin:
                try:
                    return found.one(result)
                except Exception:  # noqa: S110 - the reference says what is wrong with it
                    pass
        return super().complete_object_value(
            return_type, field_details_list, info, path, result, position_context
        )

    def complete_iterable_value(
        self,
        item_type: GraphQLOutputType,
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        items: Iterable[Any],
        position_context: Any,
    ) -> Any:
        """A list by the projection of its items, one by one where some of them are not plain."""
        if items.__class__ in _SIZED:
            length = len(items)  # type: ignore[arg-type]
            if length >= _LONG or self._is_warm:
                self._is_warm = True
                whole = self.plan.projections.items(item_type, field_details_list)
                if whole is not None:
                    try:
                        return whole(items)
                    except Exception:  # noqa: S110 - then item by item
                        pass
                elif items.__class__ is Columns:
                    table = self.plan.tables.of_items(item_type, field_details_list)
                    if table is not None:
                        return self._as_table(
                            table, (item_type, field_details_list, info, path), items
                        )
        return self._one_by_one(item_type, field_details_list, info, path, items)

    def _one_by_one(
        self,
        item_type: GraphQLOutputType,
        details: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        items: Iterable[Any],
    ) -> Any:
        if items.__class__ in _SIZED and len(items) > SLICE:  # type: ignore[arg-type]
            return self._in_slices(item_type, details, info, path, items)
        return super().complete_iterable_value(item_type, details, info, path, items, None)

    async def _as_table(self, table: Table, place: _ListPlace, items: Columns[Any]) -> Any:
        """A list whose resolvers are asked once for all items; item by item where that does not do."""

        def ask(
            kind: GraphQLObjectType, response: str, details: FieldDetailsList, given: Columns[Any]
        ) -> Awaitable[Any]:
            return self._asked_at_once(
                self.plan.field(kind, response, details), kind, given, place[3]
            )

        try:
            return await rows(table, items, ask)
        except Exception:
            completed = self._one_by_one(*place, items)
            return await completed if self.is_awaitable(completed) else completed

    async def _asked_at_once(
        self, field: FieldPlan, kind: GraphQLObjectType, given: Columns[Any], path: Path
    ) -> Any:
        definition = field.definition
        below = Path(path, field.response, kind.name)
        info = self.build_resolve_info(definition, field.nodes, kind, below)
        arguments = self._arguments_of(field) if field.has_arguments else {}
        result = (definition.resolve or self.field_resolver)(given, info, **arguments)
        return await result if self.is_awaitable(result) else result

    def complete_abstract_value(
        self,
        return_type: GraphQLAbstractType,
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        """An object of an interface or union, whose type its class may tell."""
        if CAST not in getattr(result, "__dict__", ()):
            kind = self.plan.facts.concrete(return_type, result)
            if kind is not None:
                return self.complete_object_value(
                    kind, field_details_list, info, path, result, position_context
                )
        return super().complete_abstract_value(
            return_type, field_details_list, info, path, result, position_context
        )

    async def _in_slices(
        self,
        item_type: GraphQLOutputType,
        details: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        items: Iterable[Any],
    ) -> list[Any]:
        """The items of a long list, begun a slice at a time; all that wait are awaited together."""
        completed: list[Any] = []
        begun: dict[int, Future[Any]] = {}
        try:
            for index, item in enumerate(items):
                if index and index % SLICE == 0:
                    await sleep(0)
                below = path.add_key(index, None)
                if self.is_awaitable(item):
                    waiting: Any = self.complete_awaitable_list_item_value(
                        item, item_type, details, info, below, None
                    )
                    completed.append(waiting)
                    begun[index] = ensure_future(waiting)
                elif self.complete_list_item_value(
                    item, completed, item_type, details, info, below, None
                ):
                    begun[index] = ensure_future(completed[index])
        except BaseException:
            self.settle_in_background(list(begun.values()))
            raise
        values = await gather_with_cancel(*begun.values())
        for index, value in zip(begun, values, strict=True):
            completed[index] = value
        return completed
