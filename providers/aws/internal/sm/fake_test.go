package sm_test

import (
	"fmt"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
)

// account is a Secrets Manager on loopback.
type account struct {
	*awstest.Server

	secrets  map[string]*stored
	page     int  // secrets a page of a batch
	full     bool // pages of a list are as long as asked for
	versions int
}

type stored struct {
	arn     string
	ids     []string // oldest first
	values  map[string][]byte
	created map[string]time.Time
	labels  map[string]string // label -> id
	deleted bool
	listed  map[string]any // more fields of its entry in a list
}

func newAccount(t *testing.T) *account {
	t.Helper()
	a := &account{secrets: map[string]*stored{}, page: 20}
	a.Server = awstest.Serve(t, awstest.Service[request]{
		Target: "secretsmanager.", Message: "Message", Before: `{"SecretString":"`, After: `"}`,
		Names:   func(in request) []string { return append(in.SecretIDList, in.SecretID) },
		Operate: a.operate,
	})
	return a
}

// set adds a version and moves the labels, as PutSecretValue does.
func (a *account) set(name string, value []byte) (version string) {
	a.Do(func() { version = a.add(name, value) })
	return version
}

func (a *account) add(name string, value []byte) (version string) {
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

// stages are the labels of a version.
func (s *stored) stages(version string) []string {
	stages := []string{}
	for label, id := range s.labels {
		if id == version {
			stages = append(stages, label)
		}
	}
	return stages
}

// change calls f with the secret of that name, locked.
func (a *account) change(name string, f func(*stored)) {
	a.Do(func() { f(a.secrets[name]) })
}

func valueOf(into map[string]any, value []byte) {
	if utf8.Valid(value) {
		into["SecretString"] = string(value)
	} else {
		into["SecretBinary"] = value // encoded as base64
	}
}
