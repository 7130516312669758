package awstest

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// Service is what sets one service of AWS apart. In has the fields of all its
// requests.
type Service[In any] struct {
	// Target is what X-Amz-Target has in front of the operation.
	Target string
	// Message is the key of an error's message.
	Message string
	// Before and After are what surrounds a value in an answer of one secret.
	Before, After string
	// Names lists what a request asks for.
	Names func(In) []string
	// Operate answers a request. The Server is locked while it runs. Its second
	// result counts when it has a code.
	Operate func(op string, in In) (map[string]any, Refusal)
}

// Server is a service on loopback. It speaks the wire format of the service: JSON
// 1.1, the operation in a header, errors by __type. The fields are set before the
// first call or within [Server.Do].
type Server struct {
	// URL is where it listens.
	URL string
	// Hang has the names whose requests get no answer.
	Hang map[string]bool
	// Fail has the names whose requests are handled by this one.
	Fail map[string]http.HandlerFunc
	// FailBatch is the same for requests of several names. Its names have no "/" in
	// front.
	FailBatch map[string]http.HandlerFunc
	// Refused has the operations that get this error.
	Refused map[string]Refusal
	// Shape, where it is not nil, changes answers. The Server is locked while it runs.
	Shape func(op string, answer map[string]any) any
	// Arrive, where it is not nil, is called for each request, unlocked.
	Arrive func(context.Context)
	// Down makes every request a 503.
	Down bool

	message, before, after string

	mu  sync.Mutex
	ops []string // all calls, in order
}

// call is a request that was understood.
type call struct {
	op     string
	names  []string
	answer func() (map[string]any, Refusal)
}

// Serve returns a Server of service that stops when the test ends.
func Serve[In any](t *testing.T, service Service[In]) *Server {
	t.Helper()
	s := &Server{
		Hang: map[string]bool{}, Fail: map[string]http.HandlerFunc{}, FailBatch: map[string]http.HandlerFunc{}, Refused: map[string]Refusal{},
		message: service.Message, before: service.Before, after: service.After,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in In
		op, ok := strings.CutPrefix(r.Header.Get("X-Amz-Target"), service.Target)
		body, err := io.ReadAll(r.Body)
		signed := strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 ")
		if !ok || !signed || err != nil || json.Unmarshal(body, &in) != nil {
			s.Refuse(w, http.StatusBadRequest, Refuse("IncompleteSignature", "no request of an SDK"))
			return
		}
		s.handle(w, r, call{op, service.Names(in), func() (map[string]any, Refusal) { return service.Operate(op, in) }})
	}))
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

// Do calls f with the Server locked.
func (s *Server) Do(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

// Calls counts the calls of one operation, or of all where none is given.
func (s *Server) Calls(ops ...string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, op := range s.ops {
		if len(ops) == 0 || op == ops[0] {
			n++
		}
	}
	return n
}

func (s *Server) handle(w http.ResponseWriter, r *http.Request, c call) {
	if s.Arrive != nil {
		s.Arrive(r.Context())
	}
	s.mu.Lock()
	s.ops = append(s.ops, c.op)
	hang, special := false, http.HandlerFunc(nil)
	for _, name := range c.names {
		hang = hang || s.Hang[name]
		if f := s.Fail[name]; f != nil {
			special = f
		}
		if f := s.FailBatch[strings.TrimPrefix(name, "/")]; f != nil && len(c.names) > 2 {
			special = f
		}
	}
	down, refusal := s.Down, s.Refused[c.op]
	s.mu.Unlock()
	switch {
	case down:
		s.Refuse(w, http.StatusServiceUnavailable, Refuse("ServiceUnavailable", "down"))
	case hang:
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	case special != nil:
		special(w, r)
	case refusal.Code != "":
		s.Refuse(w, http.StatusBadRequest, refusal)
	default:
		s.answer(w, c)
	}
}

func (s *Server) answer(w http.ResponseWriter, c call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	answer, refusal := c.answer()
	if refusal.Code != "" {
		s.Refuse(w, http.StatusBadRequest, refusal)
		return
	}
	var out any = answer
	if s.Shape != nil {
		out = s.Shape(c.op, answer)
	}
	w.Header().Set("Content-Type", contentType)
	_ = json.NewEncoder(w).Encode(out)
}
