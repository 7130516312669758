package ps_test

import (
	"encoding/base64"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
)

const account1 = "arn:aws:ssm:eu-west-1:123456789012:parameter"

func (a *account) operate(op string, in request) (map[string]any, awstest.Refusal) {
	switch op {
	case "GetParameter":
		found, refusal := a.get(in.Name, in.WithDecryption)
		return map[string]any{"Parameter": found}, refusal
	case "GetParameters":
		return a.batch(in)
	case "DescribeParameters":
		return a.describe(in), awstest.Refusal{}
	}
	return nil, awstest.Refuse("UnknownOperationException", "")
}

// get takes names and ARNs with a selector after them. Without decryption a value is
// ciphertext, like a SecureString in the service.
func (a *account) get(asked string, decrypt bool) (map[string]any, awstest.Refusal) {
	name, selector := strings.TrimPrefix(asked, account1), ""
	if i := strings.LastIndex(name, ":"); i >= 0 {
		name, selector = name[:i], name[i+1:]
	}
	s := a.parameters[name]
	if s == nil {
		return nil, awstest.Refuse("ParameterNotFound", "")
	}
	version := len(s.values)
	if n, err := strconv.Atoi(selector); err == nil {
		version = n
	} else if selector != "" {
		version = s.labels[selector]
	}
	if version < 1 || version > len(s.values) {
		return nil, awstest.Refuse("ParameterVersionNotFound", "no such version")
	}
	value := string(s.values[version-1])
	if !decrypt {
		value = base64.StdEncoding.EncodeToString([]byte("ciphertext"))
	}
	found := map[string]any{
		"Name": name, "ARN": account1 + "/" + strings.TrimPrefix(name, "/"), "Type": "SecureString", "Value": value, "Version": version,
		"LastModifiedDate": float64(created(version).UnixMilli()) / 1000,
	}
	if selector != "" {
		found["Selector"] = ":" + selector
	}
	return found, awstest.Refusal{}
}

func (a *account) batch(in request) (map[string]any, awstest.Refusal) {
	if len(in.Names) > 10 {
		return nil, awstest.Refuse("ValidationException", "too many")
	}
	parameters, absent := []any{}, []string{}
	for _, name := range slices.Backward(in.Names) {
		if found, refusal := a.get(name, in.WithDecryption); refusal.Code != "" {
			absent = append(absent, name)
		} else {
			parameters = append(parameters, found)
		}
	}
	return map[string]any{"Parameters": parameters, "InvalidParameters": absent}, awstest.Refusal{}
}

// describe answers two parameters a page and starts with an empty page, or it answers
// full pages.
func (a *account) describe(in request) map[string]any {
	page := 2
	if a.full {
		page = in.MaxResults
	}
	var names []string
	for _, name := range slices.Sorted(maps.Keys(a.parameters)) {
		matches := len(in.ParameterFilters) == 0
		for _, f := range in.ParameterFilters {
			matches = matches || f.Key == "Name" && slices.ContainsFunc(f.Values, func(v string) bool {
				return f.Option == "BeginsWith" && strings.HasPrefix(name, v) || f.Option == "Equals" && name == v
			})
		}
		if matches {
			names = append(names, name)
		}
	}
	if in.NextToken == "" && !a.full {
		return map[string]any{"Parameters": []any{}, "NextToken": "0"}
	}
	start, _ := strconv.Atoi(in.NextToken)
	end := min(start+page, len(names))
	entries := []any{}
	for _, name := range names[start:end] {
		version := len(a.parameters[name].values)
		entries = append(entries, map[string]any{
			"Name": name, "Version": version, "LastModifiedDate": float64(created(version).Unix()), "Type": "SecureString",
		})
	}
	out := map[string]any{"Parameters": entries}
	if end < len(names) {
		out["NextToken"] = strconv.Itoa(end)
	}
	return out
}
