package harness;

import java.io.Serial;
import java.io.Serializable;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A Groovy category: loops over lists, sets and maps survive a restart in their midst, as they do in Jenkins. */
public final class SerializableIteration {
    private SerializableIteration() {
    }

    public static <E> Iterator<E> iterator(List<E> list) {
        return new Cursor<>(list);
    }

    public static <E> Iterator<E> iterator(Set<E> set) {
        return new Cursor<>(new ArrayList<>(set));
    }

    public static <K, V> Set<Map.Entry<K, V>> entrySet(Map<K, V> map) {
        Set<Map.Entry<K, V>> entries = new LinkedHashSet<>();
        map.entrySet().forEach(entry -> entries.add(new AbstractMap.SimpleImmutableEntry<>(entry)));
        return entries;
    }

    public static <K> Set<K> keySet(Map<K, ?> map) {
        return new LinkedHashSet<>(map.keySet());
    }

    private static final class Cursor<E> implements Iterator<E>, Serializable {
        @Serial private static final long serialVersionUID = 1L;

        @SuppressWarnings("serial")
        private final List<E> list;
        private int position;

        private Cursor(List<E> list) {
            this.list = list;
        }

        @Override
        public boolean hasNext() {
            return position < list.size();
        }

        @Override
        public E next() {
            position++;
            return list.get(position - 1);
        }
    }
}
