// Starts GraphiQL with the token typed into the page. The token stays in this tab: session storage
// forgets it when the tab is closed.
"use strict";

const KEY = "suyuan.token";
const field = document.getElementById("token");
field.value = sessionStorage.getItem(KEY) || "";

const EXAMPLE = `# 溯源 / Suyuan. 检出与群组只是线索，不是证据 / Findings are leads, never proof.
query Example {
  viewer { name regions }
  clusters(label: "network", first: 3) {
    withheldCount
    edges { node { id score size reasons(lang: ZH) } }
  }
}
`;

async function fetcher(parameters) {
  const response = await fetch("/graphql", {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Accept: "application/graphql-response+json, application/json;q=0.9",
      ...(field.value ? { Authorization: `Bearer ${field.value.trim()}` } : {}),
    },
    body: JSON.stringify(parameters),
  });
  return response.json();
}

function show() {
  const root = ReactDOM.createRoot(document.getElementById("graphiql"));
  let generation = 0;
  const render = () =>
    root.render(
      React.createElement(GraphiQL, {
        key: generation, // a new token may see another schema: start again
        fetcher,
        defaultQuery: EXAMPLE,
        isHeadersEditorEnabled: false,
      }),
    );
  field.addEventListener("change", () => {
    sessionStorage.setItem(KEY, field.value.trim());
    generation += 1;
    render();
  });
  render();
}

show();
