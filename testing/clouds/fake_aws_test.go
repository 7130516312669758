package clouds_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// region is the Secrets Manager of one region: JSON 1.1, the operation in a
// header, errors by __type.
type region struct {
	address string

	mu      sync.Mutex
	secrets map[string][]string // versions, oldest first
	refuse  map[string]string   // error codes, by the secret's name
	down    bool
	asked   []string // "Operation name,name" of each request
}

func newRegion(t *testing.T) *region {
	t.Helper()
	r := &region{secrets: map[string][]string{}, refuse: map[string]string{}}
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	r.address = server.Listener.Addr().String()
	return r
}

// put makes a version, as PutSecretValue does.
func (r *region) put(name, value string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.secrets[name] = append(r.secrets[name], value)
}

func (r *region) deny(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refuse[name] = "AccessDeniedException"
}

func (r *region) fail() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.down = true
}

// requests returns what was asked since the last time.
func (r *region) requests() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	asked := r.asked
	r.asked = nil
	return asked
}

func (r *region) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	var in struct {
		SecretID     string   `json:"SecretId"`
		SecretIDList []string `json:"SecretIdList"`
	}
	operation, ok := strings.CutPrefix(q.Header.Get("X-Amz-Target"), "secretsmanager.")
	if json.NewDecoder(q.Body).Decode(&in) != nil || !ok {
		refusal(w, http.StatusBadRequest, "UnknownOperationException")
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	names := in.SecretIDList
	if in.SecretID != "" {
		names = []string{in.SecretID}
	}
	r.asked = append(r.asked, operation+" "+strings.Join(slices.Sorted(slices.Values(names)), ","))
	switch {
	case r.down:
		refusal(w, http.StatusServiceUnavailable, "ServiceUnavailableException")
	case operation == "GetSecretValue":
		found, code := r.get(in.SecretID)
		if code != "" {
			refusal(w, http.StatusBadRequest, code)
			return
		}
		_ = json.NewEncoder(w).Encode(found)
	case operation == "BatchGetSecretValue":
		_ = json.NewEncoder(w).Encode(r.batch(names))
	default:
		refusal(w, http.StatusBadRequest, "UnknownOperationException")
	}
}

func (r *region) get(name string) (found map[string]any, code string) {
	versions := r.secrets[name]
	switch {
	case r.refuse[name] != "":
		return nil, r.refuse[name]
	case len(versions) == 0:
		return nil, "ResourceNotFoundException"
	}
	n := len(versions)
	return map[string]any{
		"ARN": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:" + name + "-AbCdEf", "Name": name,
		"VersionId": fmt.Sprintf("00000000-0000-4000-8000-%012d", n), "CreatedDate": 1_700_000_000 + n,
		"SecretString": versions[n-1], "VersionStages": []string{"AWSCURRENT"},
	}, ""
}

func (r *region) batch(names []string) map[string]any {
	values, errors := []any{}, []any{}
	for _, name := range names {
		if found, code := r.get(name); code == "" {
			values = append(values, found)
		} else {
			errors = append(errors, map[string]string{"SecretId": name, "ErrorCode": code, "Message": code})
		}
	}
	return map[string]any{"SecretValues": values, "Errors": errors}
}

func refusal(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"__type": code, "Message": code})
}
