package awstest

import (
	"net/http"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws"
)

// Account is a service on loopback, in the form that the shared tests need.
type Account struct {
	Server *Server
	// Set makes a secret of this name, in any folder.
	Set func(name, value string)
	// New makes the service's Provider. Its links have Scheme.
	New    func(aws.Options) (*aws.Provider, error)
	Scheme string
	// Get, Batch and List are the service's operations.
	Get, Batch, List string
	// Size is how many names a batch has.
	Size int
	// Listed is the key of the list in an answer to List.
	Listed string
	// NotFound are the codes that say that a secret is absent.
	NotFound []string
}

// Shared runs the tests that are the same for both services. Each test calls f for an
// account of its own.
func Shared(t *testing.T, f func(*testing.T) Account) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, Account){
		"closed": closed, "throttled": throttled, "check": check, "check through a proxy": checkThroughAProxy, "list is denied": listDenied, "batch of one": batchOfOne,
		"batch without permission": batchWithoutPermission, "batch in several calls": batchInCalls,
	} {
		t.Run(name, func(t *testing.T) { test(t, f(t)) })
	}
	t.Run("hang", func(t *testing.T) { hangs(t, f(t).Scheme) })
	t.Run("nothing leaks", func(t *testing.T) { nothingLeaks(t, f) })
	t.Run("odd lists", func(t *testing.T) { oddLists(t, f) })
	t.Run("batch that fails", func(t *testing.T) { batchFails(t, f) })
	for _, code := range f(t).NotFound {
		t.Run("proof of absence, "+code, func(t *testing.T) { notFoundNeedsTheService(t, f(t), code) })
	}
	codes := []string{"InvalidRequestException", "InvalidParameterException", "ValidationException", "OddlyWordedException"}
	for _, code := range append(codes, f(t).NotFound...) {
		t.Run("batch refused as a whole, "+code, func(t *testing.T) { refusedAsAWhole(t, f(t), code) })
	}
}

func (a Account) provider(t *testing.T) *aws.Provider {
	t.Helper()
	return Open(t, a.New, At(a.Server.URL))
}

// closed tests that a Provider can be closed twice, and that its calls are ErrClosed
// afterwards.
func closed(t *testing.T, a Account) {
	p := a.provider(t)
	for range 2 {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
	_, err := p.Get(t.Context(), "db")
	WantClass(t, err, secretmux.ErrClosed)
}

// throttled tests the service's own error for throttling, which may have any HTTP
// status.
func throttled(t *testing.T, a Account) {
	a.Server.Refused[a.Get] = Refuse("ThrottlingException", "Rate exceeded")
	_, err := a.provider(t).Get(t.Context(), "db/password")
	WantClass(t, err, secretmux.ErrThrottled)
	a.wantCalls(t, "", 1)
}

func check(t *testing.T, a Account) {
	for code, want := range map[string]error{
		"": nil, "AccessDeniedException": nil, "NotAuthorized": nil, // reached, and known
		"UnrecognizedClientException": secretmux.ErrUnauthenticated, "ThrottlingException": secretmux.ErrThrottled,
	} {
		a.Server.Do(func() { a.Server.Refused[a.List] = Refuse(code, "") })
		WantClass(t, secretmux.Check(t.Context(), a.provider(t)), want)
	}
}

// checkThroughAProxy tests that a refusal counts only if AWS made it.
func checkThroughAProxy(t *testing.T, a Account) {
	front := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("X-Amzn-Errortype", "AccessDeniedException")
		w.WriteHeader(http.StatusForbidden)
	}))
	WantClass(t, Open(t, a.New, At(front)).Check(t.Context()), secretmux.ErrDenied)
}

func listDenied(t *testing.T, a Account) {
	a.Server.Refused[a.List] = Refuse("AccessDeniedException", "no")
	for _, err := range a.provider(t).List(t.Context(), "") {
		WantClass(t, err, secretmux.ErrDenied)
	}
	a.wantCalls(t, a.List, 1)
}

func oddLists(t *testing.T, f func(*testing.T) Account) {
	key := f(t).Listed
	for _, answer := range []map[string]any{{}, {key: []any{}, "NextToken": "again"}} {
		a := f(t)
		a.Server.Shape = func(string, map[string]any) any { return answer }
		var last error
		for _, err := range a.provider(t).List(t.Context(), "") {
			last = err
		}
		WantClass(t, last, secretmux.ErrCorrupt)
	}
}

func (a Account) wantCalls(t *testing.T, op string, want int) {
	t.Helper()
	ops := []string{op}
	if op == "" {
		ops = nil
	}
	if n := a.Server.Calls(ops...); n != want {
		t.Errorf("%d calls %s, want %d", n, op, want)
	}
}
