package ps_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
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

func TestBatchTakesTenACall(t *testing.T) {
	a := newAccount(t)
	names := fill(a, 35)
	awstest.WantAll(t, awstest.GetMany(t, open(t, awstest.At(a.URL)), names...), names)
	if a.Calls() != 4 || a.Calls("GetParameters") != 4 {
		t.Errorf("%d calls for 35 parameters, %d of them batches, want 4", a.Calls(), a.Calls("GetParameters"))
	}
}

func TestBatchOfOneIsAGet(t *testing.T) {
	a := newAccount(t)
	names := fill(a, 1)
	awstest.WantAll(t, awstest.GetMany(t, open(t, awstest.At(a.URL)), names...), names)
	if a.Calls("GetParameter") != 1 {
		t.Error("one name was read by a batch, which needs another permission")
	}
}

func TestBatchReportsEachName(t *testing.T) {
	a := newAccount(t)
	names := fill(a, 1)
	results := awstest.GetMany(t, open(t, awstest.At(a.URL)), names[0], "app/absent", "not a name")
	for i, want := range []error{nil, secretmux.ErrNotFound, secretmux.ErrInvalid} {
		awstest.WantClass(t, results[i].Err, want)
	}
	if a.Calls("GetParameters") != 1 || a.Calls("GetParameter") != 1 {
		t.Errorf("%d batches and %d single reads, want 1 and 1", a.Calls("GetParameters"), a.Calls("GetParameter"))
	}
}

// InvalidParameters lists what is absent and what the service could not read for
// another reason. Only a read of that name tells.
func TestInvalidParametersAreNoProof(t *testing.T) {
	tests := []struct {
		refusal string
		want    error
	}{
		{"", nil},
		{"ParameterNotFound", secretmux.ErrNotFound},
		{"AccessDeniedException", secretmux.ErrDenied},
		{"ValidationException", secretmux.ErrInvalid},
		{"InternalServerError", secretmux.ErrUnavailable},
		{"ThrottlingException", secretmux.ErrThrottled},
	}
	for _, tt := range tests {
		t.Run(tt.refusal, func(t *testing.T) {
			a := newAccount(t)
			names := fill(a, 3)
			a.Shape = func(op string, answer map[string]any) any {
				if op == "GetParameters" {
					return map[string]any{"Parameters": []any{}, "InvalidParameters": []string{"/" + names[0], "/" + names[1], "/" + names[2]}}
				}
				return answer
			}
			if tt.refusal != "" {
				a.Refused["GetParameter"] = awstest.Refuse(tt.refusal, "")
			}
			for _, r := range awstest.GetMany(t, open(t, awstest.At(a.URL)), names...) {
				awstest.WantClass(t, r.Err, tt.want)
			}
		})
	}
}

// Without ssm:GetParameters all are read alone, and the batch has a rest.
func TestBatchWithoutPermissionReadsEach(t *testing.T) {
	a := newAccount(t)
	a.Refused["GetParameters"] = awstest.Refuse("AccessDeniedException", "not for you")
	names := fill(a, 3)
	p := open(t, awstest.At(a.URL))
	for range 2 {
		awstest.WantAll(t, awstest.GetMany(t, p, names...), names)
	}
	if a.Calls("GetParameters") != 1 || a.Calls("GetParameter") != 6 {
		t.Errorf("%d batches and %d single reads, want 1 and 6", a.Calls("GetParameters"), a.Calls("GetParameter"))
	}
}

// One denied parameter fails the service's whole batch, and no other name's
// result; the batch stays in use for other names.
func TestBatchWithOneDenied(t *testing.T) {
	a := newAccount(t)
	names := fill(a, 3)
	a.Fail["/"+names[1]] = func(w http.ResponseWriter, _ *http.Request) {
		a.Refuse(w, http.StatusBadRequest, awstest.Refuse("AccessDeniedException", ""))
	}
	p := open(t, awstest.At(a.URL))
	for i, r := range awstest.GetMany(t, p, names...) {
		want := []error{nil, secretmux.ErrDenied, nil}[i]
		awstest.WantClass(t, r.Err, want)
	}
	before := a.Calls("GetParameters")
	awstest.WantAll(t, awstest.GetMany(t, p, names[0], names[2]), []string{names[0], names[2]})
	if a.Calls("GetParameters") != before+1 {
		t.Error("the batch was given up, although one parameter was to blame")
	}
}

func TestBatchThatFails(t *testing.T) {
	for code, want := range map[string]error{
		"ThrottlingException": secretmux.ErrThrottled, "InternalServerError": secretmux.ErrUnavailable,
		"ExpiredTokenException": secretmux.ErrUnauthenticated,
	} {
		a := newAccount(t)
		a.Refused["GetParameters"] = awstest.Refuse(code, faultscript.Canary)
		for _, r := range awstest.GetMany(t, open(t, awstest.At(a.URL)), fill(a, 2)...) {
			awstest.WantClass(t, r.Err, want)
		}
		if a.Calls() != 1 {
			t.Errorf("%s: %d calls, want 1", code, a.Calls())
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
		a.Shape = func(op string, answer map[string]any) any {
			if op == "GetParameters" {
				return tt.answer
			}
			return answer
		}
		for _, r := range awstest.GetMany(t, open(t, awstest.At(a.URL)), fill(a, 2)...) {
			awstest.WantClass(t, r.Err, tt.want)
		}
	}
}

// Emulators refuse a whole batch where the service answers for each name.
func TestBatchRefusedAsAWhole(t *testing.T) {
	for _, code := range []string{
		"ParameterNotFound", "ParameterVersionNotFound", "ResourceNotFoundException", "InvalidParameterException", "ValidationException",
	} {
		t.Run(code, func(t *testing.T) {
			a := newAccount(t)
			awstest.WholeCall(t, a.Server, open(t, awstest.At(a.URL)), "GetParameters", code, 10, func(n int) []string { return fill(a, n) })
		})
	}
}
