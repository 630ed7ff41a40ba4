import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import javax.security.auth.x500.X500Principal;
import org.apache.kafka.common.security.ssl.SslPrincipalMapper;

/**
 * Java's names and expressions and Kafka's SslPrincipalMapper behind standard input; the answers go to the file that
 * is named as the argument. Fields of a line are separated by tabs; a text is its UTF-16 units, four hexadecimal
 * digits each.
 *
 * <pre>
 * name   DER in hexadecimal    answers the text of the name
 * rules  rules name...         answers ! where the rules are refused; else for each name = and the principal,
 *                              ? where no rule matches, # where a rule fails
 * regex  pattern text...       answers ! where the pattern is refused; else for each text the spans of its matches:
 *                              1 or 0 (the whole text matches), and for each match ; start,end,group 1 start,...
 * </pre>
 *
 * The answers to one line are one line, separated by spaces.
 */
public final class KafkaPrincipal {
  private static final HexFormat HEX = HexFormat.of();

  public static void main(String[] args) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    try (PrintStream out = new PrintStream(args[0], StandardCharsets.US_ASCII)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        out.println(answer(line.split("\t", -1)));
      }
    }
  }

  private static String answer(String[] f) {
    switch (f[0]) {
      case "name":
        return hex(new X500Principal(HEX.parseHex(f[1])).getName());
      case "rules":
        return principals(f);
      case "regex":
        return matches(f);
      default:
        throw new IllegalArgumentException(f[0]);
    }
  }

  private static String principals(String[] f) {
    SslPrincipalMapper mapper;
    try {
      mapper = SslPrincipalMapper.fromRules(text(f[1]));
    } catch (IllegalArgumentException refused) {
      return "!";
    }
    StringBuilder answers = new StringBuilder();
    for (int i = 2; i < f.length; i++) answers.append(principal(mapper, text(f[i]))).append(' ');
    return answers.toString().trim();
  }

  private static String principal(SslPrincipalMapper mapper, String name) {
    try {
      return "=" + hex(mapper.getName(name));
    } catch (IOException noMatchingRule) {
      return "?";
    } catch (RuntimeException failed) {
      return "#";
    }
  }

  private static String matches(String[] f) {
    Pattern pattern;
    try {
      pattern = Pattern.compile(text(f[1]));
    } catch (PatternSyntaxException refused) {
      return "!";
    }
    StringBuilder answers = new StringBuilder();
    for (int i = 2; i < f.length; i++) {
      Matcher matcher = pattern.matcher(text(f[i]));
      answers.append(matcher.matches() ? 1 : 0);
      matcher.reset();
      while (matcher.find()) {
        answers.append(';').append(matcher.start()).append(',').append(matcher.end());
        for (int group = 1; group <= matcher.groupCount(); group++) {
          answers.append(',').append(matcher.start(group)).append(',').append(matcher.end(group));
        }
      }
      answers.append(' ');
    }
    return answers.toString().trim();
  }

  private static String text(String hex) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < hex.length(); i += 4) text.append((char) HexFormat.fromHexDigits(hex, i, i + 4));
    return text.toString();
  }

  private static String hex(String text) {
    StringBuilder hex = new StringBuilder();
    for (int i = 0; i < text.length(); i++) hex.append(HEX.toHexDigits(text.charAt(i)));
    return hex.toString();
  }
}
