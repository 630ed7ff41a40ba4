import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.internals.PluginMetricsImpl;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.metadata.authorizer.StandardAcl;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.apache.kafka.security.authorizer.AclEntry;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;

/**
 * Kafka's own StandardAuthorizer behind standard input. Fields of a line are separated by tabs:
 *
 * <pre>
 * rule   type pattern name principal host operation permission
 * one    principal host operation type name    answers 1 (allowed) or 0
 * any    principal host operation type         the same, for any resource of the type
 * all    principal host type name              answers the sum of 1 &lt;&lt; code over the allowed operations
 * end                                          the next line begins another rule set
 * </pre>
 *
 * The answers to the questions of one rule set are printed in one line, separated by spaces.
 */
public final class KafkaAuthorizer {
  private final Set<StandardAcl> rules = new LinkedHashSet<>();
  private final Map<String, InetAddress> addresses = new HashMap<>();
  private StandardAuthorizer authorizer;

  public static void main(String[] args) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    KafkaAuthorizer session = new KafkaAuthorizer();
    StringBuilder answers = new StringBuilder();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] fields = line.split("\t", -1);
      if (fields[0].equals("rule")) {
        session.rule(fields);
      } else if (fields[0].equals("end")) {
        out.println(answers.toString().trim());
        answers.setLength(0);
        session = new KafkaAuthorizer();
      } else {
        answers.append(session.answer(fields)).append(' ');
      }
    }
    out.flush();
  }

  private void rule(String[] f) throws Exception {
    String host = f[5].equals("*") ? f[5] : address(f[5]).getHostAddress();
    rules.add(new StandardAcl(ResourceType.valueOf(f[1]), f[3], PatternType.valueOf(f[2]), f[4], host,
        AclOperation.valueOf(f[6]), AclPermissionType.valueOf(f[7])));
  }

  private int answer(String[] f) throws Exception {
    if (authorizer == null) authorizer = load();
    Context context = new Context(new KafkaPrincipal("User", f[1]), address(f[2]));
    switch (f[0]) {
      case "one":
        return allowed(context, AclOperation.valueOf(f[3]), ResourceType.valueOf(f[4]), f[5]) ? 1 : 0;
      case "any":
        AuthorizationResult result =
            authorizer.authorizeByResourceType(context, AclOperation.valueOf(f[3]), ResourceType.valueOf(f[4]));
        return result == AuthorizationResult.ALLOWED ? 1 : 0;
      case "all":
        int sum = 0;
        for (AclOperation operation : AclEntry.supportedOperations(ResourceType.valueOf(f[3]))) {
          if (allowed(context, operation, ResourceType.valueOf(f[3]), f[4])) sum += 1 << operation.code();
        }
        return sum;
      default:
        throw new IllegalArgumentException(f[0]);
    }
  }

  private StandardAuthorizer load() throws Exception {
    StandardAuthorizer loaded = new StandardAuthorizer();
    loaded.configure(Map.of());
    loaded.withPluginMetrics(new PluginMetricsImpl(new Metrics(), Map.of()));
    Map<Uuid, StandardAcl> snapshot = new HashMap<>();
    for (StandardAcl rule : rules) snapshot.put(Uuid.randomUuid(), rule);
    loaded.loadSnapshot(snapshot);
    loaded.completeInitialLoad();
    return loaded;
  }

  private boolean allowed(Context context, AclOperation operation, ResourceType type, String name) {
    ResourcePattern resource = new ResourcePattern(type, name, PatternType.LITERAL);
    Action action = new Action(operation, resource, 1, false, false);
    return authorizer.authorize(context, List.of(action)).get(0) == AuthorizationResult.ALLOWED;
  }

  private InetAddress address(String text) throws Exception {
    InetAddress known = addresses.get(text);
    if (known == null) {
      known = InetAddress.getByName(text);
      addresses.put(text, known);
    }
    return known;
  }

  private static final class Context implements AuthorizableRequestContext {
    private final KafkaPrincipal principal;
    private final InetAddress address;

    Context(KafkaPrincipal principal, InetAddress address) {
      this.principal = principal;
      this.address = address;
    }

    @Override
    public String listenerName() {
      return "SSL";
    }

    @Override
    public SecurityProtocol securityProtocol() {
      return SecurityProtocol.SSL;
    }

    @Override
    public KafkaPrincipal principal() {
      return principal;
    }

    @Override
    public InetAddress clientAddress() {
      return address;
    }

    @Override
    public int requestType() {
      return 0;
    }

    @Override
    public int requestVersion() {
      return 0;
    }

    @Override
    public String clientId() {
      return "";
    }

    @Override
    public int correlationId() {
      return 0;
    }
  }
}
