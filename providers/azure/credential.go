package azure

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// Credential says which identity reads the vault. It is the value of credential=
// in a link.
type Credential string

// These are the values of Options.Credential and of credential=.
const (
	// CredentialDefault tries the other credentials one after the other, and a few
	// more that developers use. It keeps the first one that works. See
	// azidentity.DefaultAzureCredential. In production, name the credential that you
	// want: it fails sooner and its error says more.
	CredentialDefault Credential = "default"
	// CredentialManaged is the managed identity of the machine, pod or function.
	CredentialManaged Credential = "managed"
	// CredentialWorkload is a Kubernetes service account with workload identity:
	// AZURE_FEDERATED_TOKEN_FILE, AZURE_CLIENT_ID, AZURE_TENANT_ID.
	CredentialWorkload Credential = "workload"
	// CredentialCLI is the user who logged in with az login.
	CredentialCLI Credential = "cli"
	// CredentialEnv is a service principal in AZURE_TENANT_ID, AZURE_CLIENT_ID and
	// AZURE_CLIENT_SECRET or AZURE_CLIENT_CERTIFICATE_PATH.
	CredentialEnv Credential = "env"
)

// credentials are the values of credential=.
func credentials() []string {
	return []string{
		string(CredentialDefault), string(CredentialManaged), string(CredentialWorkload), string(CredentialCLI), string(CredentialEnv),
	}
}

// credentialName is the name of a credential in the SDK and its documentation.
func (o Options) credentialName() string {
	if o.TokenCredential != nil {
		return strings.TrimPrefix(strings.TrimPrefix(fmt.Sprintf("%T", o.TokenCredential), "*"), "azidentity.")
	}
	switch o.kind() {
	case CredentialManaged:
		return "ManagedIdentityCredential"
	case CredentialWorkload:
		return "WorkloadIdentityCredential"
	case CredentialCLI:
		return "AzureCLICredential"
	case CredentialEnv:
		return "EnvironmentCredential"
	}
	return "DefaultAzureCredential"
}

// credentialHint says what to do to make a credential work.
func (o Options) credentialHint() string {
	if o.TokenCredential != nil {
		return "check Options.TokenCredential"
	}
	switch o.kind() {
	case CredentialManaged:
		return "run on a machine, pod or function of Azure with a managed identity; select a user-assigned one with client_id="
	case CredentialWorkload:
		return "set AZURE_FEDERATED_TOKEN_FILE, AZURE_CLIENT_ID and AZURE_TENANT_ID; the workload identity webhook does that"
	case CredentialCLI:
		return "install the Azure CLI and run az login"
	case CredentialEnv:
		return "set AZURE_TENANT_ID, AZURE_CLIENT_ID and one of AZURE_CLIENT_SECRET and AZURE_CLIENT_CERTIFICATE_PATH"
	}
	return "name the credential that should work, as in credential=managed: its error then says what is missing"
}

// newCredential makes the credential that o names. It may read files and the
// environment. It sends no request. Its errors may quote the text that it read.
func (o Options) newCredential(login cloud.Configuration, client *http.Client) (azcore.TokenCredential, error) {
	if o.TokenCredential != nil {
		return o.TokenCredential, nil
	}
	options := azcore.ClientOptions{
		Cloud: login,
		// Not a wrapper: on Service Fabric the SDK takes only an *http.Client.
		Transport: client,
		// The metadata server sometimes fails, and one retry costs little. The
		// store retries after that.
		Retry:            policy.RetryOptions{MaxRetries: 1, RetryDelay: 500 * time.Millisecond, MaxRetryDelay: 2 * time.Second},
		Telemetry:        policy.TelemetryOptions{Disabled: true},
		PerRetryPolicies: []policy.Policy{&loginWatch{client: client}},
	}
	switch o.kind() {
	case CredentialDefault:
		return azidentity.NewDefaultAzureCredential(&azidentity.DefaultAzureCredentialOptions{ClientOptions: options, TenantID: o.TenantID})
	case CredentialManaged:
		managed := &azidentity.ManagedIdentityCredentialOptions{ClientOptions: options}
		if o.ClientID != "" {
			managed.ID = azidentity.ClientID(o.ClientID)
		}
		return azidentity.NewManagedIdentityCredential(managed)
	case CredentialWorkload:
		return azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{
			ClientOptions: options, ClientID: o.ClientID, TenantID: o.TenantID,
		})
	case CredentialCLI:
		return azidentity.NewAzureCLICredential(&azidentity.AzureCLICredentialOptions{TenantID: o.TenantID})
	case CredentialEnv:
		return azidentity.NewEnvironmentCredential(&azidentity.EnvironmentCredentialOptions{ClientOptions: options})
	}
	return nil, errors.New("unknown credential")
}
