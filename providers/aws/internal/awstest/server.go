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

// Service describes the differences between the services of AWS. In has the fields of
// all requests of the service.
type Service[In any] struct {
	// Target is the text in front of the operation in X-Amz-Target.
	Target string
	// Message is the key of the message in an error answer.
	Message string
	// Before and After are the texts around a value in an answer with one secret.
	Before, After string
	// Names returns the names that a request asks for.
	Names func(In) []string
	// Operate answers a request. The Server is locked while it runs. Its second
	// result counts if it has a code.
	Operate func(op string, in In) (map[string]any, Refusal)
}

// Server is a service on loopback. It speaks the wire format of the service: JSON
// 1.1, with the operation in a header and the error code in __type. Set the fields
// before the first call or within [Server.Do].
type Server struct {
	// URL is the address of the Server.
	URL string
	// Hang has the names whose requests are not answered.
	Hang map[string]bool
	// Fail has the names whose requests this handler answers.
	Fail map[string]http.HandlerFunc
	// FailBatch is the same for requests of several names. Its names do not start
	// with "/".
	FailBatch map[string]http.HandlerFunc
	// Refused has the operations that get this error.
	Refused map[string]Refusal
	// Shape changes answers, unless it is nil. The Server is locked while it runs.
	Shape func(op string, answer map[string]any) any
	// Arrive is called for each request, unless it is nil. The Server is not locked
	// then.
	Arrive func(context.Context)
	// Down makes the Server answer 503 to every request.
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

// Calls counts the calls of one operation, or of all operations if none is given.
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
