package sm_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
	"github.com/secretmux/secretmux/testing/faultscript"
)

func fill(a *account, n int) []string {
	return awstest.Fill(n, func(name string) { a.set(name, []byte(name)) })
}

// The five batches of 100 secrets run at the same time. The backend answers none
// before all have arrived, so reads one after the other would never end.
func TestBatchesRunSideBySide(t *testing.T) {
	a := newAccount(t)
	names := fill(a, 100)
	var arrived atomic.Int64
	all := make(chan struct{})
	a.Arrive = func(ctx context.Context) {
		if arrived.Add(1) == 5 {
			close(all)
		}
		select {
		case <-all:
		case <-ctx.Done():
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	results, err := open(t, awstest.At(a.URL)).GetMany(ctx, names)
	awstest.WantClass(t, err, nil)
	awstest.WantAll(t, results, names)
}

func TestBatchReadsAllPages(t *testing.T) {
	a := newAccount(t)
	a.page = 7
	names := fill(a, 20)
	awstest.WantAll(t, awstest.GetMany(t, open(t, awstest.At(a.URL)), names...), names)
	if a.Calls() != 3 {
		t.Errorf("%d calls for three pages", a.Calls())
	}
}

func TestBatchReportsEachName(t *testing.T) {
	a := newAccount(t)
	names := fill(a, 3)
	a.change(names[1], func(s *stored) { s.deleted = true })
	a.change(names[2], func(s *stored) { s.labels = nil })
	results := awstest.GetMany(t, open(t, awstest.At(a.URL)), names[0], "app/absent", names[1], names[2], "not a name")
	for i, want := range []error{nil, secretmux.ErrNotFound, secretmux.ErrDisabled, secretmux.ErrDisabled, secretmux.ErrInvalid} {
		awstest.WantClass(t, results[i].Err, want)
	}
	if a.Calls() != 1 {
		t.Errorf("%d calls, want 1", a.Calls())
	}
}

// Answers that leave out names, or that never end, must not look like absence.
func TestBatchWithOddAnswers(t *testing.T) {
	tests := []struct {
		name  string
		shape func(answer map[string]any) any
		want  error
	}{
		{"leaves all out", func(map[string]any) any { return map[string]any{"SecretValues": []any{}} }, nil},
		{"is empty", func(map[string]any) any { return map[string]any{} }, secretmux.ErrCorrupt},
		{"never ends", func(answer map[string]any) any {
			return map[string]any{"SecretValues": []any{}, "NextToken": "again"}
		}, secretmux.ErrCorrupt},
		{"has no values", func(answer map[string]any) any {
			for _, v := range answer["SecretValues"].([]any) {
				delete(v.(map[string]any), "SecretString")
			}
			return answer
		}, secretmux.ErrCorrupt},
		{"has an unknown code", func(map[string]any) any {
			return map[string]any{"Errors": []any{
				map[string]string{"SecretId": "app/secret-000", "ErrorCode": "Odd"}, map[string]string{"SecretId": "app/secret-001", "ErrorCode": "Odd"},
			}}
		}, secretmux.ErrUnavailable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := newAccount(t)
			a.Shape = func(op string, answer map[string]any) any {
				if op == "BatchGetSecretValue" {
					return tt.shape(answer)
				}
				return answer
			}
			awstest.WantEach(t, open(t, awstest.At(a.URL)), fill(a, 2), tt.want)
		})
	}
}

// Each entry is about one name, and it counts.
func TestBatchEntries(t *testing.T) {
	for code, want := range map[string]error{
		"ResourceNotFoundException": secretmux.ErrNotFound, "InvalidRequestException": secretmux.ErrDisabled,
		"AccessDeniedException": secretmux.ErrDenied, "NotAuthorized": secretmux.ErrDenied, "DecryptionFailure": secretmux.ErrDenied,
		"ThrottlingException": secretmux.ErrThrottled, "RequestTimeoutException": secretmux.ErrUnavailable, "": secretmux.ErrUnavailable,
	} {
		a := newAccount(t)
		names := fill(a, 2)
		a.Shape = func(_ string, answer map[string]any) any {
			answer["SecretValues"] = []any{}
			answer["Errors"] = []any{
				map[string]string{"SecretId": names[0], "ErrorCode": code, "Message": faultscript.Canary},
				map[string]string{"SecretId": names[1], "ErrorCode": code, "Message": "anything"},
			}
			return answer
		}
		awstest.WantEach(t, open(t, awstest.At(a.URL)), names, want)
		if a.Calls() != 1 {
			t.Errorf("%s: %d calls, want 1", code, a.Calls())
		}
	}
}
