package session_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws"
	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
	"github.com/secretmux/secretmux/testing/faultscript"
)

// The SDK warns on standard error when it falls back to an older metadata
// service. A library has no business there.
func TestSDKIsSilent(t *testing.T) {
	awstest.Isolate(t)
	old := httptest.NewServer(http.NotFoundHandler())
	defer old.Close()
	t.Setenv("AWS_EC2_METADATA_DISABLED", "false")
	t.Setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", old.URL)
	p := open(t, aws.Options{Region: "eu-west-1", Endpoint: "http://" + faultscript.Refused(t)})
	output := captured(t, func() {
		_, err := p.Get(t.Context(), "db")
		wantClass(t, err, secretmux.ErrUnauthenticated, "")
	})
	if output != "" {
		t.Errorf("the SDK wrote %q", output)
	}
}

// captured returns what f writes to the standard error.
func captured(t *testing.T, f func()) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	read := make(chan string)
	go func() {
		var b bytes.Buffer
		_, _ = io.Copy(&b, r)
		read <- b.String()
	}()
	was := os.Stderr
	os.Stderr = w
	defer func() { os.Stderr = was }()
	f()
	_ = w.Close()
	return <-read
}
