package azure_test

import (
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/azure"
	"github.com/secretmux/secretmux/testing/faultscript"
)

const (
	debugVariable = "AZURE_SDK_GO_LOGGING"
	childVariable = "SECRETMUX_TEST_CHILD"
)

// The SDK reads its debug variable when a program starts, so this test starts itself
// again and reads the output of the other process.
func TestNothingLeaks(t *testing.T) {
	if os.Getenv(childVariable) != "" {
		everything(t)
		return
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), program, "-test.run=^TestNothingLeaks$", "-test.v")
	child.Env = append(os.Environ(), childVariable+"=1", debugVariable+"=all")
	out, err := child.CombinedOutput()
	text := string(out)
	for i, line := range strings.Split(text, "\n") {
		if faultscript.Leaks(line) {
			t.Errorf("line %d of the log holds a value, a body or a token", i)
		}
	}
	if err != nil {
		t.Fatalf("the other process: %v", err)
	}
	// The log was on, and the process has read the values that could leak.
	for _, part := range []string{"Request: ==> OUTGOING REQUEST", "Authorization: REDACTED", "said unauthenticated", "said denied", "explained"} {
		if !strings.Contains(text, part) {
			t.Errorf("the log does not have %q", part)
		}
	}
}

// everything reads and fails in every way, and prints everything that a program might
// print.
func everything(t *testing.T) {
	say := func(err error) {
		wantClean(t, err)
		t.Log("said", secretmux.ClassOf(err), err)
		t.Logf("%+v %#v", err, err)
	}
	f := newFake(t)
	f.set("alpha", faultscript.Canary)
	f.set("beta", faultscript.Canary)
	store := openStore(t, "azure-kv://my-vault", azure.Options{TokenCredential: &credential{}, HTTPClient: f.client(t)})
	s, err := store.Get(t.Context(), "alpha")
	say(err)
	t.Logf("%v %+v %#v", s, s, s)
	explanation := secretmux.Explain(t.Context(), store, "alpha")
	t.Logf("explained %v\n%+v", explanation, explanation)
	for _, h := range []http.Handler{
		failWith(http.StatusForbidden, "Forbidden", "ForbiddenByRbac", faultscript.Canary),
		failWith(http.StatusForbidden, faultscript.Canary, faultscript.Canary, faultscript.Canary),
		failWith(http.StatusBadRequest, "BadParameter", "", faultscript.Canary),
		raw(http.StatusInternalServerError, faultscript.Canary), raw(http.StatusOK, faultscript.Canary),
		raw(http.StatusOK, `{"value":"`+faultscript.Canary+`","attributes":"`+faultscript.Canary+`"}`),
		http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", `Bearer error="insufficient_claims", claims="!`+faultscript.Canary+`"`)
			w.Header().Set("x-ms-error-code", faultscript.Canary)
			w.WriteHeader(http.StatusUnauthorized)
		}),
	} {
		f.handle("/secrets/beta", h)
		_, err := store.Get(t.Context(), "beta")
		say(err)
	}
	asPrincipal(t)
	for _, token := range []http.Handler{grants(), refuses(http.StatusUnauthorized, "AADSTS7000215"), nil} {
		w := &world{vault: newFake(t), token: token}
		p, err := openURI(t, "azure-kv://my-vault?credential=env", azure.Options{HTTPClient: w.client(t)})
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.Get(t.Context(), "alpha")
		say(err)
	}
}
