package ps_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/faultscript"
)

func fill(a *account, n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("app/secret-%03d", i)
		a.set("/"+names[i], []byte(names[i]))
	}
	return names
}

// wantAll fails t unless each name got its own value.
func wantAll(t *testing.T, results []secretmux.Result, names []string) {
	t.Helper()
	if len(results) != len(names) {
		t.Fatalf("%d results for %d names", len(results), len(names))
	}
	for i, r := range results {
		if r.Err != nil || r.Name != names[i] || r.Secret.Reveal() != names[i] {
			t.Errorf("the result for %s: %v", names[i], r.Err)
		}
	}
}

func TestBatchTakesTenACall(t *testing.T) {
	a := newAccount(t)
	names := fill(a, 35)
	wantAll(t, secretmux.GetMany(t.Context(), open(t, at(a.url)), names...), names)
	if a.calls() != 4 || a.calls("GetParameters") != 4 {
		t.Errorf("%d calls for 35 parameters, %d of them batches, want 4", a.calls(), a.calls("GetParameters"))
	}
}

func TestBatchOfOneIsAGet(t *testing.T) {
	a := newAccount(t)
	names := fill(a, 1)
	wantAll(t, secretmux.GetMany(t.Context(), open(t, at(a.url)), names...), names)
	if a.calls("GetParameter") != 1 {
		t.Error("one name was read by a batch, which needs another permission")
	}
}

func TestBatchReportsEachName(t *testing.T) {
	a := newAccount(t)
	names := fill(a, 1)
	results := secretmux.GetMany(t.Context(), open(t, at(a.url)), names[0], "app/absent", "not a name")
	for i, want := range []error{nil, secretmux.ErrNotFound, secretmux.ErrInvalid} {
		wantClass(t, results[i].Err, want)
	}
	if a.calls() != 1 {
		t.Errorf("%d calls, want 1", a.calls())
	}
}

// Without ssm:GetParameters all are read alone, and the batch has a rest.
func TestBatchWithoutPermissionReadsEach(t *testing.T) {
	a := newAccount(t)
	a.refuse["GetParameters"] = reply{"AccessDeniedException", "not for you"}
	names := fill(a, 3)
	p := open(t, at(a.url))
	for range 2 {
		wantAll(t, secretmux.GetMany(t.Context(), p, names...), names)
	}
	if a.calls("GetParameters") != 1 || a.calls("GetParameter") != 6 {
		t.Errorf("%d batches and %d single reads, want 1 and 6", a.calls("GetParameters"), a.calls("GetParameter"))
	}
}

// One denied parameter fails the service's whole batch, and no other name's
// result; the batch stays in use for other names.
func TestBatchWithOneDenied(t *testing.T) {
	a := newAccount(t)
	names := fill(a, 3)
	a.fail["/"+names[1]] = func(w http.ResponseWriter, _ *http.Request) {
		fail(w, http.StatusBadRequest, reply{"AccessDeniedException", ""})
	}
	p := open(t, at(a.url))
	for i, r := range secretmux.GetMany(t.Context(), p, names...) {
		want := []error{nil, secretmux.ErrDenied, nil}[i]
		wantClass(t, r.Err, want)
	}
	before := a.calls("GetParameters")
	wantAll(t, secretmux.GetMany(t.Context(), p, names[0], names[2]), []string{names[0], names[2]})
	if a.calls("GetParameters") != before+1 {
		t.Error("the batch was given up, although one parameter was to blame")
	}
}

func TestBatchThatFails(t *testing.T) {
	for code, want := range map[string]error{
		"ThrottlingException": secretmux.ErrThrottled, "InternalServerError": secretmux.ErrUnavailable,
		"ExpiredTokenException": secretmux.ErrUnauthenticated,
	} {
		a := newAccount(t)
		a.refuse["GetParameters"] = reply{code, faultscript.Canary}
		for _, r := range secretmux.GetMany(t.Context(), open(t, at(a.url)), fill(a, 2)...) {
			wantClass(t, r.Err, want)
		}
		if a.calls() != 1 {
			t.Errorf("%s: %d calls, want 1", code, a.calls())
		}
	}
}

func TestBatchWithOddAnswers(t *testing.T) {
	tests := []struct {
		answer map[string]any
		want   error
	}{
		{map[string]any{}, secretmux.ErrCorrupt},
		{map[string]any{"Parameters": []any{}}, nil}, // leaves all out: each is read alone
		{map[string]any{"Parameters": []any{map[string]any{"Name": "/app/secret-000"}, map[string]any{"Name": "/app/secret-001"}}}, secretmux.ErrCorrupt},
	}
	for _, tt := range tests {
		a := newAccount(t)
		a.shape = func(op string, answer map[string]any) any {
			if op == "GetParameters" {
				return tt.answer
			}
			return answer
		}
		for _, r := range secretmux.GetMany(t.Context(), open(t, at(a.url)), fill(a, 2)...) {
			wantClass(t, r.Err, tt.want)
		}
	}
}
