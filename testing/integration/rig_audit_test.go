package integration

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/vault/api"
)

// audit has the server write down what it is asked, and returns how often it has
// answered calls of path since it started.
func (s *server) audit(path string) (calls func() int) {
	s.t.Helper()
	if s.auditLog == "" {
		s.auditLog = filepath.Join(s.t.TempDir(), "audit.log")
		err := s.root.Sys().EnableAuditWithOptionsWithContext(s.t.Context(), "file", &api.EnableAuditOptions{
			Type: "file", Options: map[string]string{"file_path": s.auditLog},
		})
		if err != nil {
			s.t.Fatalf("enable the audit log: %v", err)
		}
	}
	return func() int {
		s.t.Helper()
		data, err := os.ReadFile(s.auditLog)
		if err != nil {
			s.t.Fatal(err)
		}
		n := 0
		for line := range strings.Lines(string(data)) {
			var entry struct {
				Type    string
				Request struct{ Path string }
			}
			if err := json.Unmarshal([]byte(line), &entry); err != nil {
				s.t.Fatalf("the audit log: %v", err)
			}
			if entry.Type == "response" && entry.Request.Path == path {
				n++
			}
		}
		return n
	}
}
