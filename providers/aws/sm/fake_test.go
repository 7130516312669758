package sm_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"
)

// account is a Secrets Manager on loopback. It speaks the wire format of the
// service: JSON 1.1, the operation in a header, errors by __type.
type account struct {
	url string

	mu       sync.Mutex
	secrets  map[string]*stored
	ops      []string                                   // all calls, in order
	hang     map[string]bool                            // names whose reads get no answer
	fail     map[string]http.HandlerFunc                // names whose reads get this one
	refuse   map[string]reply                           // operations that get this error
	shape    func(op string, answer map[string]any) any // changes answers
	arrive   func(context.Context)                      // called for each call, unlocked
	down     bool
	page     int // secrets a page of a batch
	versions int
}

type reply struct{ code, message string }

type stored struct {
	arn     string
	ids     []string // oldest first
	values  map[string][]byte
	created map[string]time.Time
	labels  map[string]string // label -> id
	deleted bool
}

func newAccount(t *testing.T) *account {
	t.Helper()
	a := &account{
		secrets: map[string]*stored{}, hang: map[string]bool{},
		fail: map[string]http.HandlerFunc{}, refuse: map[string]reply{}, page: 20,
	}
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	a.url = server.URL
	return a
}

// set adds a version and moves the labels, as PutSecretValue does.
func (a *account) set(name string, value []byte) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := a.secrets[name]
	if s == nil {
		s = &stored{
			arn: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:" + name + "-AbCdEf", values: map[string][]byte{},
			created: map[string]time.Time{}, labels: map[string]string{},
		}
		a.secrets[name] = s
	}
	a.versions++
	id := fmt.Sprintf("00000000-0000-4000-8000-%012d", a.versions)
	s.ids = append(s.ids, id)
	s.values[id] = append([]byte{}, value...)
	s.created[id] = time.Unix(1700000000+int64(a.versions), 0)
	if current := s.labels["AWSCURRENT"]; current != "" {
		s.labels["AWSPREVIOUS"] = current
	}
	s.labels["AWSCURRENT"] = id
	return id
}

// change calls f with the secret of that name, locked.
func (a *account) change(name string, f func(*stored)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f(a.secrets[name])
}

func (a *account) do(f func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f()
}

func (a *account) calls(ops ...string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := 0
	for _, op := range a.ops {
		if len(ops) == 0 || op == ops[0] {
			n++
		}
	}
	return n
}

func (a *account) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	op, ok := strings.CutPrefix(r.Header.Get("X-Amz-Target"), "secretsmanager.")
	body, _ := io.ReadAll(r.Body)
	var in request
	if !ok || !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 ") || json.Unmarshal(body, &in) != nil {
		fail(w, http.StatusBadRequest, reply{"IncompleteSignatureException", "no request of an SDK"})
		return
	}
	if a.arrive != nil {
		a.arrive(r.Context())
	}
	a.mu.Lock()
	a.ops = append(a.ops, op)
	hang, special := false, http.HandlerFunc(nil)
	for _, id := range append(in.SecretIDList, in.SecretID) {
		hang = hang || a.hang[id]
		if f := a.fail[id]; f != nil {
			special = f
		}
	}
	down, refusal := a.down, a.refuse[op]
	a.mu.Unlock()
	switch {
	case down:
		fail(w, http.StatusServiceUnavailable, reply{"ServiceUnavailable", "down"})
	case hang:
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	case special != nil:
		special(w, r)
	case refusal.code != "":
		fail(w, http.StatusBadRequest, refusal)
	default:
		a.answer(w, op, in)
	}
}

func (a *account) answer(w http.ResponseWriter, op string, in request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var answer map[string]any
	switch op {
	case "GetSecretValue":
		found, refusal := a.get(in.SecretID, in.VersionID, in.VersionStage)
		if refusal.code != "" {
			fail(w, http.StatusBadRequest, refusal)
			return
		}
		answer = found
	case "BatchGetSecretValue":
		answer = a.batch(in)
	case "ListSecrets":
		answer = a.list(in)
	default:
		fail(w, http.StatusBadRequest, reply{"UnknownOperationException", ""})
		return
	}
	var out any = answer
	if a.shape != nil {
		out = a.shape(op, answer)
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	_ = json.NewEncoder(w).Encode(out)
}

func fail(w http.ResponseWriter, status int, with reply) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.Header().Set("X-Amzn-Requestid", "11111111-2222-4333-8444-555555555555")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"__type": with.code, "Message": with.message})
}

func valueOf(into map[string]any, value []byte) {
	if utf8.Valid(value) {
		into["SecretString"] = string(value)
	} else {
		into["SecretBinary"] = value // encoded as base64
	}
}
