package azure

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// The metadata server of Azure's machines, and how long its first answer may
// take. On other machines packets to its address vanish, and the SDK would wait
// twice for the whole time of the call.
// https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
const (
	metadataHost = "169.254.169.254"
	metadataURL  = "http://" + metadataHost + "/metadata/identity/oauth2/token"
	metadataWait = 2 * time.Second
)

// loginWatch is between a credential of the SDK and its login server. It notes
// whether requests reach a server, because the SDK's errors are the same for a
// network that is down and for a credential that is refused.
type loginWatch struct {
	client *http.Client
	there  atomic.Bool // the metadata server answered once
}

// Do implements policy.Policy.
func (w *loginWatch) Do(req *policy.Request) (*http.Response, error) {
	raw := req.Raw()
	// A request for a token has this header. The SDK's own search for the server
	// does not have it, and is bounded.
	toMetadata := raw.URL.Hostname() == metadataHost && raw.Header.Get("Metadata") != ""
	var (
		response *http.Response
		err      error
	)
	if toMetadata && !w.there.Load() {
		err = w.probe(raw.Context())
	}
	if err == nil {
		response, err = req.Next()
	}
	if c := callOf(raw.Context()); c != nil {
		c.unreachable.Store(err != nil)
	}
	return response, err
}

// probe sends the metadata server a request that it refuses at once. The server may
// need seconds for a token.
func (w *loginWatch) probe(ctx context.Context) error {
	within, cancel := context.WithTimeout(ctx, metadataWait)
	defer cancel()
	req, err := http.NewRequestWithContext(within, http.MethodGet, metadataURL, http.NoBody)
	if err != nil {
		return noMetadataError{}
	}
	response, err := w.client.Do(req)
	if err != nil {
		return noMetadataError{}
	}
	_ = response.Body.Close()
	w.there.Store(true)
	return nil
}

// noMetadataError says that no metadata server answers.
type noMetadataError struct{}

func (noMetadataError) Error() string { return "no metadata server answers" }

// NonRetriable tells the SDK not to ask again.
func (noMetadataError) NonRetriable() {}
