package ps_test

import (
	"testing"
	"time"

	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
)

// account is a Parameter Store on loopback.
type account struct {
	*awstest.Server

	full       bool // pages of a list are as long as asked for
	parameters map[string]*stored
}

// stored has versions from 1; labels lead to them.
type stored struct {
	values [][]byte
	labels map[string]int
}

func newAccount(t *testing.T) *account {
	t.Helper()
	a := &account{parameters: map[string]*stored{}}
	a.Server = awstest.Serve(t, awstest.Service[request]{
		Target: "AmazonSSM.", Message: "message", Before: `{"Parameter":{"Value":"`, After: `"}}`,
		Names:   func(in request) []string { return append(in.Names, in.Name) },
		Operate: a.operate,
	})
	return a
}

// set adds a version, as PutParameter does.
func (a *account) set(name string, value []byte) {
	a.Do(func() {
		if a.parameters[name] == nil {
			a.parameters[name] = &stored{labels: map[string]int{}}
		}
		a.parameters[name].values = append(a.parameters[name].values, append([]byte{}, value...))
	})
}

// request has the fields of all operations.
type request struct {
	Name             string
	Names            []string
	WithDecryption   bool
	NextToken        string
	MaxResults       int
	ParameterFilters []struct {
		Key, Option string
		Values      []string
	}
}

// created is when a version was made.
func created(version int) time.Time { return time.Unix(1700000000+int64(version), 0) }
