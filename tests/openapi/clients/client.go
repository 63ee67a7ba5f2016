// Creates leads with the client that OpenAPI Generator makes for Go, and prints what it reads.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	api "github.com/GIT_USER_ID/GIT_REPO_ID"
)

func request(key string, leads []api.Lead) api.ApiCreateLeadsRequest {
	configuration := api.NewConfiguration()
	configuration.Servers[0].URL = os.Args[1]
	keys := map[string]api.APIKey{"ApiKey": {Key: key}}
	ctx := context.WithValue(context.Background(), api.ContextAPIKeys, keys)
	return api.NewAPIClient(configuration).LeadsAPI.CreateLeads(ctx).Lead(leads)
}

func accepted(answer *api.Accepted, _ *http.Response, err error) *api.Accepted {
	if err != nil {
		panic(err)
	}
	return answer
}

func refusal(answer *api.Accepted, response *http.Response, err error) (int, any) {
	return response.StatusCode, err.(*api.GenericOpenAPIError).Model()
}

func ids(answer *api.Accepted) []*string {
	var found []*string
	for _, lead := range answer.Data.Leads {
		found = append(found, lead.Id.Get())
	}
	return found
}

func main() {
	key, prefer := os.Args[2], "return=representation"
	company := api.NewLead()
	company.SetCompany("Open AI")
	label := "fair"
	company.SetLabels([]*string{&label})
	company.SetEmployeeCount(50)
	company.SetEmailNil()
	company.SetDate(time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC))

	ada, grace := api.NewContact(), api.NewContact()
	ada.SetName("Ada")
	ada.SetEmail("ada@example.com")
	grace.SetName("Grace")
	grace.SetLastNameNil()
	withContacts, withName := api.NewLead(), api.NewLead()
	withContacts.SetContactPerson(api.LeadContactPerson{ArrayOfContact: &[]api.Contact{*ada}})
	name := "Charles Babbage"
	withName.SetContactPerson(api.LeadContactPerson{String: &name})
	withName.SetContacts([]*api.Contact{grace})
	leads := []api.Lead{*company, *withContacts, *withName}

	stored := accepted(request(key, leads).Execute())
	created := accepted(request(key, leads).Prefer(prefer).IdempotencyKey("of-go").Execute())
	tried := accepted(request(key, leads).Prefer(prefer).DryRun(true).Execute())
	tooLong := api.NewLead()
	tooLong.SetEmail(strings.Repeat("x", 125))
	badStatus, badModel := refusal(request(key, []api.Lead{*company, *tooLong}).Execute())
	bad := badModel.(api.RefusedLeads)
	refusedStatus, refusedModel := refusal(request("cdz_wrong", leads).Execute())
	refused := refusedModel.(api.Refused)
	seen, _ := json.Marshal(map[string]any{
		"stored":  []any{stored.Succeeded, stored.Message.Get(), stored.Data == nil},
		"ids":     ids(created),
		"tried":   ids(tried),
		"bad":     []any{badStatus, bad.Succeeded, bad.Errors[0].Index, bad.Errors[0].Pointer},
		"refused": []any{refusedStatus, refused.Succeeded, refused.Message},
	})
	fmt.Println(string(seen))
}
