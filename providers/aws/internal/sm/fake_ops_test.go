package sm_test

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
)

// request has the fields of all operations.
type request struct {
	SecretID     string   `json:"SecretId"`
	VersionID    string   `json:"VersionId"`
	VersionStage string   `json:"VersionStage"`
	SecretIDList []string `json:"SecretIdList"`
	NextToken    string
	MaxResults   int
	Filters      []struct {
		Key    string
		Values []string
	}
}

const notFound = "ResourceNotFoundException"

func (a *account) operate(op string, in request) (map[string]any, awstest.Refusal) {
	switch op {
	case "GetSecretValue":
		return a.get(in.SecretID, in.VersionID, in.VersionStage)
	case "BatchGetSecretValue":
		return a.batch(in), awstest.Refusal{}
	case "ListSecrets":
		return a.list(in), awstest.Refusal{}
	case "ListSecretVersionIds":
		return a.listVersions(in)
	}
	return nil, awstest.Refuse("UnknownOperationException", "")
}

// find takes names, ARNs and ARNs without their suffix.
func (a *account) find(id string) (string, *stored) {
	for name, s := range a.secrets {
		if id == name || id == s.arn || id == strings.TrimSuffix(s.arn, "-AbCdEf") {
			return name, s
		}
	}
	return "", nil
}

func (a *account) get(id, version, stage string) (map[string]any, awstest.Refusal) {
	name, s := a.find(id)
	switch {
	case s == nil:
		return nil, awstest.Refuse(notFound, "Secrets Manager can't find the specified secret.")
	case s.deleted:
		return nil, awstest.Refuse("InvalidRequestException", "You can't perform this operation on the secret because it was marked for deletion.")
	case version == "" && stage == "":
		stage = "AWSCURRENT"
	}
	what := "staging label: " + stage
	if version == "" {
		version = s.labels[stage]
	} else {
		what = "VersionId: " + version
	}
	value, ok := s.values[version]
	if !ok {
		return nil, awstest.Refuse(notFound, "Secrets Manager can't find the specified secret value for "+what)
	}
	out := map[string]any{
		"ARN": s.arn, "Name": name, "VersionId": version, "CreatedDate": float64(s.created[version].UnixMilli()) / 1000,
		"VersionStages": s.stages(version),
	}
	valueOf(out, value)
	return out, awstest.Refusal{}
}

// batch answers a.page secrets a page, backwards, because the service promises no
// order.
func (a *account) batch(in request) map[string]any {
	start, _ := strconv.Atoi(in.NextToken)
	end := min(start+a.page, len(in.SecretIDList))
	values, errors := []any{}, []any{}
	for _, id := range slices.Backward(in.SecretIDList[start:end]) {
		if got, refusal := a.get(id, "", ""); refusal.Code != "" {
			errors = append(errors, map[string]string{"SecretId": id, "ErrorCode": refusal.Code, "Message": refusal.Message})
		} else {
			values = append(values, got)
		}
	}
	out := map[string]any{"SecretValues": values, "Errors": errors}
	if end < len(in.SecretIDList) {
		out["NextToken"] = strconv.Itoa(end)
	}
	return out
}

// list answers two secrets a page and starts with an empty page, or it answers full
// pages.
func (a *account) list(in request) map[string]any {
	page := 2
	if a.full {
		page = in.MaxResults
	}
	prefix := ""
	for _, f := range in.Filters {
		prefix = f.Values[0]
	}
	var names []string
	for _, name := range slices.Sorted(maps.Keys(a.secrets)) {
		wanted, negated := strings.CutPrefix(prefix, "!")
		if strings.HasPrefix(name, wanted) != negated {
			names = append(names, name)
		}
	}
	if in.NextToken == "" && !a.full {
		return map[string]any{"SecretList": []any{}, "NextToken": "0"}
	}
	start, _ := strconv.Atoi(in.NextToken)
	end := min(start+page, len(names))
	entries := []any{}
	for _, name := range names[start:end] {
		s := a.secrets[name]
		entry := map[string]any{
			"Name": name, "ARN": s.arn, "SecretVersionsToStages": map[string][]string{s.labels["AWSCURRENT"]: {"AWSCURRENT"}},
		}
		if s.deleted {
			entry["DeletedDate"] = 1700000000.5
		}
		maps.Copy(entry, s.listed)
		entries = append(entries, entry)
	}
	out := map[string]any{"SecretList": entries}
	if end < len(names) {
		out["NextToken"] = strconv.Itoa(end)
	}
	return out
}

// listVersions answers one version a page, and only versions with a label.
func (a *account) listVersions(in request) (map[string]any, awstest.Refusal) {
	name, s := a.find(in.SecretID)
	if s == nil {
		return nil, awstest.Refuse(notFound, "Secrets Manager can't find the specified secret.")
	}
	var labelled []string
	for _, id := range s.ids {
		if len(s.stages(id)) > 0 {
			labelled = append(labelled, id)
		}
	}
	out := map[string]any{"ARN": s.arn, "Name": name, "Versions": []any{}}
	start, _ := strconv.Atoi(in.NextToken)
	if start < len(labelled) {
		id := labelled[start]
		out["Versions"] = []any{map[string]any{
			"VersionId": id, "VersionStages": s.stages(id), "CreatedDate": float64(s.created[id].UnixMilli()) / 1000, "LastAccessedDate": 1700092800.0,
		}}
	}
	if start+1 < len(labelled) {
		out["NextToken"] = strconv.Itoa(start + 1)
	}
	return out, awstest.Refusal{}
}
