package settings

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func TestSnake(t *testing.T) {
	for name, want := range map[string]string{
		"DBPassword": "db_password", "Port": "port", "APIKeyV2": "api_key_v2", "UserID": "user_id", "HTTPSPort": "https_port",
		"A": "a", "AB": "ab", "DB_Name": "db_name", "OAuth2Token": "oauth2_token", "Größe": "größe",
		"DBURLs": "db_urls", "IPv4Addr": "ipv4_addr", "URLsafe": "ur_lsafe", "UserIDs": "user_ids", "MyURLsAndIDs": "my_urls_and_ids", "GraphQLPath": "graphql_path",
		"AllowedCIDRs": "allowed_cidrs", "CIDRsAllowed": "cidrs_allowed", "DSNs": "dsns", "TrustedCAs": "trusted_cas", "CAsPath": "cas_path", "JWKs2": "jwks2",
		"DBsByName": "dbs_by_name", "HTTPs_Port": "https_port", "APIv2Key": "apiv2_key", "IPv6s": "ipv6s", "UseTLSAsDefault": "use_tls_as_default",
		"GitHubToken": "github_token", "MongoDBURI": "mongodb_uri", "PostgreSQLDSN": "postgresql_dsn", "GitHubs": "git_hubs", "OpenAIAPIKey": "openai_api_key",
		"AsX": "as_x", "ThisIsIt": "this_is_it", "APIvX": "ap_iv_x", "MaxAPIs": "max_apis", "UIsOn": "uis_on", "AWSARNs": "aws_arns", "PDFsAndTXTs": "pdfs_and_txts", "S3Bucket": "s3_bucket", "K8sToken": "k8s_token",
	} {
		if got := snake(name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

// Go ignores a tag without its quotes, and everything after it.
func TestMalformedTags(t *testing.T) {
	for tag, malformed := range map[reflect.StructTag]bool{
		`secret:v`: true, `json:"v" secret: "v"`: true, `desc:"x",default:"v"`: true, `secret:'v'`: true, `optional:true`: true, `secret:"v`: true,
		`secret:"v"`: false, `json:"v"  default:"secret:x"`: false, `xml:v`: false, `anything`: false, ``: false,
	} {
		errs := strayTags(reflect.StructField{Name: "V", Tag: tag}, "V")
		if got := strings.Contains(fmt.Sprint(errs), "malformed"); got != malformed {
			t.Errorf("%s: %v", tag, errs)
		}
	}
}
