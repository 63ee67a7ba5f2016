// Creates leads with the client that OpenAPI Generator makes for TypeScript (typescript-fetch), and prints what it reads.
import { Configuration, type Lead, LeadsApi, RefusedFromJSON, RefusedLeadsFromJSON, ResponseError } from "./typescript-fetch";

declare const process: { argv: [string, string, string, string] };

const [, , url, key] = process.argv;
const leads: Lead[] = [
  { company: "Open AI", labels: ["fair"], employeeCount: 50, email: null, date: new Date("2026-11-23T08:00:00Z") },
  { contactPerson: [{ name: "Ada", email: "ada@example.com" }] },
  { contactPerson: "Charles Babbage", contacts: [{ name: "Grace", lastName: null }] },
];
const api = (apiKey: string) => new LeadsApi(new Configuration({ basePath: url, apiKey }));

async function refusal(apiKey: string, lead: Lead[]): Promise<Response> {
  try {
    await api(apiKey).createLeads({ lead });
  } catch (error) {
    if (error instanceof ResponseError) return error.response;
    throw error;
  }
  throw new Error("it was not refused");
}

async function main(): Promise<void> {
  const prefer = "return=representation";
  const stored = await api(key).createLeads({ lead: leads });
  const created = await api(key).createLeads({ lead: leads, prefer, idempotencyKey: "of-typescript" });
  const tried = await api(key).createLeads({ lead: leads, prefer, dryRun: true });
  const badResponse = await refusal(key, [{ company: "Open AI" }, { email: "x".repeat(125) }]);
  const bad = RefusedLeadsFromJSON(await badResponse.json());
  const refusedResponse = await refusal("cdz_wrong", leads);
  const refused = RefusedFromJSON(await refusedResponse.json());
  console.log(JSON.stringify({
    stored: [stored.succeeded, stored.message, stored.data === undefined],
    ids: created.data?.leads.map((lead) => lead.id),
    tried: tried.data?.leads.map((lead) => lead.id),
    bad: [badResponse.status, bad.succeeded, bad.errors?.[0]?.index, bad.errors?.[0]?.pointer],
    refused: [refusedResponse.status, refused.succeeded, refused.message],
  }));
}

void main();
