package ps_test

import (
	"net/http"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
)

func fill(a *account, n int) []string {
	return awstest.Fill(n, func(name string) { a.set("/"+name, []byte(name)) })
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

// InvalidParameters lists absent parameters, and parameters that the service could
// not read for another reason. Only a read of the single name shows which.
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
			awstest.WantEach(t, open(t, awstest.At(a.URL)), names, tt.want)
		})
	}
}

// One denied parameter makes the service's whole batch fail, but not the results of
// the other names. Other names are still read in batches.
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
		t.Error("the batch was given up, although only one parameter was wrong")
	}
}

func TestBatchWithOddAnswers(t *testing.T) {
	tests := []struct {
		answer map[string]any
		want   error
	}{
		{map[string]any{}, secretmux.ErrCorrupt},
		{map[string]any{"Parameters": []any{}}, nil}, // leaves all out: each is read singly
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
		awstest.WantEach(t, open(t, awstest.At(a.URL)), fill(a, 2), tt.want)
	}
}
