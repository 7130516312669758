package ps_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// account is a Parameter Store on loopback. It speaks the wire format of the
// service: JSON 1.1, the operation in a header, errors by __type.
type account struct {
	url string

	mu         sync.Mutex
	parameters map[string]*stored
	ops        []string                                   // all calls, in order
	hang       map[string]bool                            // names whose reads get no answer
	fail       map[string]http.HandlerFunc                // names whose reads get this one
	refuse     map[string]reply                           // operations that get this error
	shape      func(op string, answer map[string]any) any // changes answers
	down       bool
}

type reply struct{ code, message string }

// stored has versions from 1; labels lead to them.
type stored struct {
	values [][]byte
	labels map[string]int
}

func newAccount(t *testing.T) *account {
	t.Helper()
	a := &account{
		parameters: map[string]*stored{}, hang: map[string]bool{},
		fail: map[string]http.HandlerFunc{}, refuse: map[string]reply{},
	}
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	a.url = server.URL
	return a
}

// set adds a version, as PutParameter does.
func (a *account) set(name string, value []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.parameters[name] == nil {
		a.parameters[name] = &stored{labels: map[string]int{}}
	}
	a.parameters[name].values = append(a.parameters[name].values, append([]byte{}, value...))
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

// request has the fields of all operations.
type request struct {
	Name             string
	Names            []string
	WithDecryption   bool
	NextToken        string
	ParameterFilters []struct {
		Key, Option string
		Values      []string
	}
}

func (a *account) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	op, ok := strings.CutPrefix(r.Header.Get("X-Amz-Target"), "AmazonSSM.")
	body, _ := io.ReadAll(r.Body)
	var in request
	if !ok || !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 ") || json.Unmarshal(body, &in) != nil {
		fail(w, http.StatusBadRequest, reply{"IncompleteSignature", "no request of an SDK"})
		return
	}
	a.mu.Lock()
	a.ops = append(a.ops, op)
	hang, special := false, http.HandlerFunc(nil)
	for _, name := range append(in.Names, in.Name) {
		hang = hang || a.hang[name]
		if f := a.fail[name]; f != nil {
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
	answer, refusal := a.operate(op, in)
	if refusal.code != "" {
		fail(w, http.StatusBadRequest, refusal)
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
	_ = json.NewEncoder(w).Encode(map[string]string{"__type": with.code, "message": with.message})
}

// created is when a version was made.
func created(version int) time.Time { return time.Unix(1700000000+int64(version), 0) }
