package benchmarks

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws"
)

// secretsManager is AWS Secrets Manager on loopback, in its wire format. It has a
// secret of every name.
type secretsManager struct {
	url    string
	before func(r *http.Request) // called for each call, before it is answered

	mu    sync.Mutex
	calls map[string]int // by operation
}

func newSecretsManager(tb testing.TB, before func(*http.Request)) *secretsManager {
	tb.Helper()
	s := &secretsManager{before: before, calls: map[string]int{}}
	server := httptest.NewServer(s)
	tb.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func (s *secretsManager) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in struct {
		SecretID     string   `json:"SecretId"`
		SecretIDList []string `json:"SecretIdList"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, "no request of the SDK", http.StatusBadRequest)
		return
	}
	operation := r.Header.Get("X-Amz-Target")
	s.mu.Lock()
	s.calls[operation]++
	s.mu.Unlock()
	s.before(r)
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	var answer any
	switch operation {
	case "secretsmanager.GetSecretValue":
		answer = wireSecret(in.SecretID)
	case "secretsmanager.BatchGetSecretValue":
		values := make([]any, len(in.SecretIDList))
		for i, name := range in.SecretIDList {
			values[i] = wireSecret(name)
		}
		answer = map[string]any{"SecretValues": values, "Errors": []any{}}
	default:
		http.Error(w, "an unexpected operation", http.StatusBadRequest)
		return
	}
	_ = json.NewEncoder(w).Encode(answer)
}

func wireSecret(name string) map[string]any {
	return map[string]any{
		"ARN": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:" + name + "-AbCdEf", "Name": name,
		"VersionId": currentVersion, "CreatedDate": 1_700_000_000, "SecretString": secretValue(name), "VersionStages": []string{"AWSCURRENT"},
	}
}

// made returns the number of calls of an operation and of all.
func (s *secretsManager) made(operation string) (of, all int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range s.calls {
		all += n
	}
	return s.calls["secretsmanager."+operation], all
}

// open opens a store as a program does: its client is as cold as its cache.
func (s *secretsManager) open(tb testing.TB) *secretmux.Store {
	tb.Helper()
	store, err := secretmux.Open(tb.Context(), "aws-sm://eu-west-1/?endpoint="+s.url, aws.Backend())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := store.Close(); err != nil {
			tb.Error(err)
		}
	})
	return store
}

// awsKeys gives the SDK keys, and no configuration of this machine's.
func awsKeys(tb testing.TB) {
	tb.Helper()
	for variable, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "key", "AWS_SESSION_TOKEN": "", "AWS_PROFILE": "",
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_CA_BUNDLE": "", "HOME": tb.TempDir(),
	} {
		tb.Setenv(variable, value)
	}
}

// TestBatchAWS counts calls on the wire. The server answers none of them before
// all have arrived, so the test ends only if they take one round trip together.
func TestBatchAWS(t *testing.T) {
	awsKeys(t)
	const want = coldNames / batchSize
	var arrived atomic.Int64
	all := make(chan struct{})
	s := newSecretsManager(t, func(r *http.Request) {
		if arrived.Add(1) == want {
			close(all)
		}
		select {
		case <-all:
		case <-r.Context().Done():
		}
	})
	names := secretNames(coldNames)
	got, err := s.open(t).GetAll(t.Context(), names...)
	if err != nil {
		t.Fatalf("the calls were not made side by side: %v", err)
	}
	for _, name := range names {
		if got[name].Reveal() != secretValue(name) {
			t.Errorf("%s has the value of another", name)
		}
	}
	batches, calls := s.made("BatchGetSecretValue")
	board.target("Secrets Manager calls for 100 cold secrets", fmt.Sprint(calls), fmt.Sprint(want), calls == want)
	if batches != want || calls != want {
		t.Errorf("made %d calls, %d of them batches, want only %d batches", calls, batches, want)
	}
}

// BenchmarkBatchAWS takes the wall time of the same reads at 20 ms a call, SDK,
// signatures and connections included, beside one Get after the other.
func BenchmarkBatchAWS(b *testing.B) {
	const mostTrips = 3
	awsKeys(b)
	ways := []struct {
		row    string
		rounds int
		read   func(testing.TB, *secretmux.Store, []string) time.Duration
		most   float64 // zero: not promised
	}{
		{"secretmux GetMany of 100", 20, readTogether, mostTrips},
		{"secretmux 100 Gets, one by one", 1, readOneByOne, 0},
	}
	for _, way := range ways {
		scenario(b, way.row, func(b *testing.B) figures {
			var took time.Duration
			calls := 0
			for range way.rounds {
				s := newSecretsManager(b, func(r *http.Request) { _ = wait(r.Context(), roundTrip) })
				took += way.read(b, s.open(b), secretNames(coldNames))
				_, calls = s.made("")
			}
			took /= time.Duration(way.rounds)
			trips := float64(took) / float64(roundTrip)
			board.row("100 cold secrets of AWS Secrets Manager, over loopback, 20 ms a call",
				[]string{"", "calls", "ms", "round trips"},
				way.row, fmt.Sprint(calls), milliseconds(took), fmt.Sprintf("%.1f", trips))
			if way.most > 0 {
				board.target("round trips of wall time for 100 cold secrets of Secrets Manager", fmt.Sprintf("%.2f", trips), "at most 3", trips <= way.most)
			}
			return figures{"round-trips": trips}
		})
	}
}
